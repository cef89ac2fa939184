// SPDX-License-Identifier: Apache-2.0
// Floors for phones and tablets: what the form says as what the server takes, and how devices stand in words.
import type { Schema } from '../../shared/api/client';
import { option, word } from '../../shared/shell';

type Policy = Schema['FloorPolicy'];
export type Standing = Schema['FloorPolicyView']['below'][number]['standing'];

// What a standing is called, with its shape.
export function standing(state: Standing): { words: string; className: string } {
  switch (state) {
    case 'overdue':
      return { words: '✕ overdue', className: 'badge tone-bad' };
    case 'cannot':
      return { words: '– cannot', className: 'badge' };
    case 'short':
      return { words: '… has time', className: 'badge tone-warn' };
    case 'unknown':
      return { words: '? not known', className: 'badge tone-unknown' };
    case 'excepted':
      return { words: '○ excepted', className: 'badge' };
  }
}

// The body of the form; what is empty is left out, so that the server's own defaults count.
export function policyOf(form: FormData): Policy {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const policy: Policy = { name: text('name'), platform: text('platform') as Policy['platform'] };
  if (text('what') === 'latest') policy.latest = true;
  else {
    if (text('version')) policy.version = text('version');
    if (policy.platform === 'android' && text('patch_level')) policy.patch_level = text('patch_level');
  }
  for (const field of ['query', 'zone_if_unknown', 'why'] as const) if (text(field)) policy[field] = text(field);
  for (const field of ['days', 'exploited_days', 'hour'] as const) if (text(field)) policy[field] = Number(text(field));
  if (text('from') && text('to')) policy.install = `${text('from')}-${text('to')}`;
  if (form.get('accepts_unoffered') === 'on') policy.accepts_unoffered = true;
  return policy;
}

export function command(policy: Policy): string {
  const level = policy.latest ? ' --latest' : `${option('version', policy.version ?? '')}${option('patch-level', policy.patch_level ?? '')}`;
  const days = `${policy.days === undefined ? '' : ` --days ${policy.days}`}${policy.exploited_days === undefined ? '' : ` --exploited-days ${policy.exploited_days}`}${policy.hour === undefined ? '' : ` --hour ${policy.hour}`}`;
  return `oakum floor add ${word(policy.name)} --platform ${policy.platform}${level}${option('query', policy.query ?? '')}${days}${option('zone-if-unknown', policy.zone_if_unknown ?? '')}${option('install', policy.install ?? '')}${policy.accepts_unoffered ? ' --accept-unoffered' : ''}${option('why', policy.why ?? '')}`;
}

// A rollout of a floor, before somebody changes it: careful, since nobody tried this level on these phones.
export function planOf(floor: string, words: string): Schema['PlanNew'] {
  return { name: `phones to ${words}`.slice(0, 128), floor, care: 'careful' };
}

export function planCommand(plan: Schema['PlanNew']): string {
  return `oakum rollout create --name ${word(plan.name)}${option('floor', plan.floor ?? '')}${option('query', plan.query ?? '')}${option('care', plan.care ?? '')}`;
}

// Exceptions from a floor: who decides what, and what it means.
type Row = Schema['FloorPolicyView']['exceptions'][number];
export type Deed = 'approve' | 'refuse' | 'withdraw';
export const deeds: Record<Deed, string> = { approve: 'Approve', refuse: 'Refuse', withdraw: 'Withdraw' };
export const meaning: Record<Deed, string> = {
  approve: 'From then on those devices do not count as short of the floor, until the day that is named.',
  refuse: 'The floor goes on counting for those devices.',
  withdraw: 'The floor counts for those devices again at once; what is past its day is overdue.',
};

// Whoever asked cannot approve, as with other exceptions.
export function deedsFor(row: Pick<Row, 'state' | 'asked_by'>, may: (permission: Schema['Permission']) => boolean, me: string | undefined): Deed[] {
  const list: Deed[] = [];
  if (row.state === 'asked' && may('exception.approve') && row.asked_by !== `user ${me}`) list.push('approve', 'refuse');
  if ((row.state === 'asked' || row.state === 'approved') && may('exception.withdraw')) list.push('withdraw');
  return list;
}

export function askedOf<F extends { exceptions: Row[] }>(floors: F[]): { floor: F; row: Row }[] {
  return floors.flatMap((floor) => floor.exceptions.filter((row) => row.state === 'asked').map((row) => ({ floor, row })));
}
