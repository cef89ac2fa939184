// SPDX-License-Identifier: Apache-2.0
// What people decide about findings, in their words.
import type { Schema } from './api/client';
import { counted, grouped } from './format';

export type Kind = Schema['ExceptionKind'];
export const kinds: Record<Kind, { title: string; action: string; explains: string }> = {
  accept: { title: 'Accept', action: 'accepted', explains: 'The risk is borne until a day. It counts as accepted, not as open or overdue.' },
  mitigate: { title: 'Mitigate', action: 'mitigated', explains: 'Something else makes it less likely or less harmful. It stays open, and weighs less.' },
  not_affected: { title: 'State not affected', action: 'stated as not affected', explains: 'It does not apply here, for a reason that others can check.' },
  suppress: { title: 'Suppress', action: 'suppressed', explains: 'A class of findings is not looked after. What is known to be exploited is never suppressed by a score.' },
};
export const justifications: Record<string, string> = {
  component_not_present: 'the component is not there',
  vulnerable_code_not_present: 'the faulty code is not in it',
  vulnerable_code_not_in_execute_path: 'the faulty code is never run',
  vulnerable_code_cannot_be_controlled_by_adversary: 'nobody from outside can reach the faulty code',
  inline_mitigations_already_exist: 'it is prevented already',
};
export const metrics: Record<string, string> = {
  'MAV:A': 'attackers have to be in the same network',
  'MAV:L': 'attackers have to be on the device',
  'MAV:P': 'attackers have to touch the device',
  'MAC:H': 'it is hard to exploit here',
  'MPR:H': 'attackers need an administrator’s rights',
};

export const states: Record<Schema['Exception']['state'], { words: string; className: string }> = {
  asked: { words: '… waits for approval', className: 'badge tone-unknown' },
  approved: { words: '✓ counts', className: 'badge tone-good' },
  refused: { words: '✕ refused', className: 'badge' },
  withdrawn: { words: '✕ withdrawn', className: 'badge' },
  expired: { words: '✕ its time is over', className: 'badge' },
};

// A day as many days from now, as a form's field takes it.
export function dayIn(days: number, now: number): string {
  return new Date(now + days * 86_400_000).toISOString().slice(0, 10);
}

const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim();

// What the sheet sends.
export function bodyOf(form: FormData, also: string[] = []): Schema['ExceptionNew'] {
  const kind = text(form, 'kind') as Kind;
  const body: Record<string, unknown> = { kind, reason: text(form, 'reason') };
  for (const name of ['advisory', 'component', 'versions', 'group', 'query', 'expires']) if (text(form, name)) body[name] = text(form, name);
  if (also.length > 0) body.also = also;
  if (kind === 'not_affected') body.justification = text(form, 'justification');
  if (kind === 'mitigate') body.metric = text(form, 'metric');
  if (kind === 'suppress' && text(form, 'below_score')) body.below_score = Number(text(form, 'below_score'));
  const evidence = text(form, 'evidence').split('\n').map((line) => line.trim()).filter((line) => line !== '');
  if (evidence.length > 0) body.evidence = evidence;
  return body as Schema['ExceptionNew'];
}

export function coversWords(covers: Schema['ExceptionCovers']): string {
  if (covers.devices === 0) return 'It covers nothing now.';
  const exploited = covers.exploited > 0 ? `, ${grouped(covers.exploited)} of them known to be exploited` : '';
  return `It covers ${counted(covers.findings, 'finding')} on ${counted(covers.devices, 'device')} now${exploited}.`;
}

// What would be different today.
export function changeWords(preview: Pick<Schema['ExceptionPreview'], 'before' | 'after'>): string {
  const parts = ([
    ['exposed', 'exposed'],
    ['exploited', 'open to something exploited'],
    ['overdue', 'overdue'],
    ['cannot_tell', 'that cannot be told'],
  ] as const)
    .filter(([key]) => preview.before[key] !== preview.after[key])
    .map(([key, words]) => `${grouped(preview.after[key])} devices ${words} in place of ${grouped(preview.before[key])}`);
  const risk = preview.before.risk - preview.after.risk;
  if (risk > 0.05) parts.push(`${grouped(Math.round(risk * 10) / 10)} points of risk less`);
  return parts.length === 0 ? 'No figure would be different today.' : `Today that would make ${parts.join('; ')}.`;
}

// Of a finding, beside its state.
export function decisionWords(state: string): string {
  return { accepted: 'accepted', mitigated: 'mitigated', not_affected: 'not affected, as stated', suppressed: 'suppressed' }[state] ?? '';
}

// "12 accepted, 3 mitigated"; empty when nobody decided anything.
export function decidedParts(counts: { accepted: number; mitigated: number; suppressed: number; stated_not_affected: number }): string {
  return ([
    [counts.accepted, 'accepted'],
    [counts.mitigated, 'mitigated'],
    [counts.suppressed, 'suppressed'],
    [counts.stated_not_affected, 'stated as not affected'],
  ] as const)
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${grouped(count)} ${words}`)
    .join(', ');
}
