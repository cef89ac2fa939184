// SPDX-License-Identifier: Apache-2.0
import type { Part } from '../../shared/ui/badges';
import type { Counted } from '../../shared/ui/count';
import type { Schema } from '../../shared/api/client';
import { counted, duration, exact, grouped } from '../../shared/format';
import { oneOf } from '../../shared/query';
import { isBy } from '../../shared/releases';

type Rollout = Schema['Rollout'];
type Plan = Schema['Plan'];

// One bar of states: silent, not yet started, and those of which the query cannot tell have places of their own.
export function parts({ id, totals, in_scope: inScope, cannot_tell: cannotTell, devices_query: query }: Pick<Schema['RolloutSummary'], 'id' | 'totals' | 'in_scope' | 'cannot_tell' | 'devices_query'>): Part[] {
  return [
    { label: 'verified', value: totals.verified, tone: 'good', devices: ofRollout(id, 'verified') },
    { label: 'under way', value: totals.pending, tone: 'busy', devices: ofRollout(id, 'pending') },
    { label: 'failed', value: totals.failed, tone: 'bad', devices: ofRollout(id, 'failed') },
    { label: 'fell back', value: totals.rolled_back, tone: 'bad', devices: ofRollout(id, 'rolled_back') },
    { label: 'silent', value: totals.silent, tone: 'unknown', devices: ofRollout(id, 'silent') },
    { label: 'not started', value: Math.max(0, inScope - totals.started), tone: 'calm' },
    { label: 'cannot tell if in scope', value: cannotTell, tone: 'unknown', devices: { query, part: 'unknown' } },
  ];
}

// The devices of a rollout that one of its figures counts; `more`: of one wave, or of one cause on one model.
export function ofRollout(id: string, only: Outcome, more: { wave?: string; model?: string; reason?: string } = {}): Counted {
  return { to: '/rollouts/$id', params: { id }, search: { only, ...more }, hash: 'its-devices' };
}
const outcomes = ['started', 'pending', 'verified', 'failed', 'rolled_back', 'silent', 'trouble', 'wrong'] as const;
export type Outcome = (typeof outcomes)[number];
// What the URL names; `undefined`: nothing, or nothing that is known.
export function outcomeOf(text: string | undefined): Outcome | undefined {
  return outcomes.find((outcome) => outcome === text);
}
// Which devices of a wave, or with which cause, in words.
export function narrowWords(wave: string | undefined, model: string | undefined, reason: string | undefined): string {
  return [wave && `of wave ${wave}`, model && `of model ${model}`, reason && (reason === 'none' ? 'with no cause told' : `with the cause ${reason.replaceAll('_', ' ')}`)].filter(Boolean).join(', ');
}

export function trouble(totals: Schema['Counts']): number {
  return totals.failed + totals.rolled_back + totals.silent;
}

export function share(ppm: number): string {
  return `${ppm / 10_000} %`;
}

// Whom a wave takes.
export function waveWords({ share_ppm: ppm, query }: { share_ppm: number; query?: string }): string {
  if (!query) return `up to ${share(ppm)}`;
  return ppm === 1_000_000 ? `where ${query}` : `up to ${share(ppm)} where ${query}`;
}

const dangerous = new Set(['halt', 'abort', 'roll-back']);
export function isDangerous(action: string): boolean {
  return dangerous.has(action);
}

// Ending a plan that waits for approval is refusing it.
export function actionTitle(action: string, state?: Schema['RolloutState']): string {
  if (action === 'abort') return state === 'awaiting_approval' ? 'Refuse' : 'End for good';
  if (action === 'approve' && state && state !== 'awaiting_approval') return 'Approve the changed waves';
  const words = action.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

// What a press of the button does to devices, and what it cannot undo.
export function consequence(action: string, state?: Schema['RolloutState']): string {
  if (action === 'abort' && state === 'awaiting_approval') return 'The plan ends for good, with your reason. Who made it can make another.';
  switch (action) {
    case 'start':
      return 'The first wave opens at once: its devices are offered the release when they ask next.';
    case 'approve':
      return state && state !== 'awaiting_approval' ? 'The waves that were changed may open, as they are now.' : 'The plan may then be started.';
    case 'pause':
      return 'No further device is offered the release until it is resumed. What is under way goes on.';
    case 'resume':
      return 'Devices of the open waves are offered the release again.';
    case 'halt':
      return 'Nothing more is offered, and what is offered but not yet installing is withdrawn. It can be resumed or rolled back afterwards.';
    case 'abort':
      return 'It ends for good: nothing more is offered, and it cannot be resumed. Devices keep what they run.';
    case 'open-next-wave':
      return 'The next wave opens without waiting for the healthy devices that the plan asks for.';
    case 'roll-back':
      return 'Every device that has the release is ordered back to what it ran before. Those without an earlier published release stay where they are.';
    case 'finish':
      return 'It is over: devices that appear later are not offered the release any more. It can still be rolled back.';
    default:
      return '';
  }
}

// In an emergency nobody should have to think of words first: what stands here may be changed.
export function usualReason(action: string): string {
  return action === 'pause' || action === 'halt' ? `${actionTitle(action)} by hand` : '';
}

const permissions: Record<Schema['RolloutAction'], Schema['Permission']> = {
  start: 'rollout.operate',
  resume: 'rollout.operate',
  'open-next-wave': 'rollout.operate',
  'roll-back': 'rollout.operate',
  finish: 'rollout.operate',
  pause: 'rollout.halt',
  halt: 'rollout.halt',
  abort: 'rollout.halt',
  approve: 'rollout.approve',
};
// The buttons that this person can press now.
export function actionsFor(rollout: Pick<Rollout, 'actions' | 'created_by' | 'unapproved'>, me: Pick<Schema['Me'], 'name' | 'permissions' | 'features'>): Schema['RolloutAction'][] {
  return rollout.actions.filter(
    (action) => me.permissions.includes(permissions[action]) && !(action === 'approve' && me.features.approval_by_another && [rollout.created_by, ...rollout.unapproved].some((by) => isBy(by, me.name))),
  );
}

// Why somebody who looks at a waiting plan cannot approve it.
export function mayNotApprove(rollout: Pick<Rollout, 'state' | 'created_by' | 'unapproved'>, me: Pick<Schema['Me'], 'name' | 'permissions' | 'features'>): string {
  if (rollout.state !== 'awaiting_approval' && rollout.unapproved.length === 0) return '';
  if (me.features.approval_by_another && isBy(rollout.created_by, me.name)) return 'You made this plan: somebody else has to approve it.';
  if (me.features.approval_by_another && rollout.unapproved.some((by) => isBy(by, me.name))) return 'You changed its waves: somebody else has to approve that.';
  return me.permissions.includes('rollout.approve') ? '' : 'Your role does not approve plans.';
}

// Who is in scope, as a query: the release's models and the plan's own words.
export function scopeQuery(models: string[], query: string): string {
  const fits = oneOf('model', models);
  return query.trim() === '' ? fits : `(${query}) and ${fits}`; // always in parentheses: its mistakes are one column further on
}

type Gate = Plan['waves'][number]['gate'];
function gateWords(gate: Gate): string {
  const healthy = gate.minimum === 0 ? 'its devices have their outcome' : `${counted(gate.minimum, 'device')} of the wave before (or all, when it is smaller) are healthy`;
  const wait = gate.soak_seconds === 0 ? '' : ` and the last of them has been so for ${duration(gate.soak_seconds)}`;
  return `when ${healthy}${wait}, and it is clear that at most ${share(gate.tolerated_failure_ppm)} fail`;
}
function haltWords(gate: Gate): string {
  const stop = gate.hard_stop ? `, or ${counted(gate.hard_stop, 'device')} did` : '';
  return `it is clear that more than ${share(gate.tolerated_failure_ppm)} fail, fall back or go silent${stop}`;
}
// Which gates cannot come to know that, with as many devices as there are up to their wave.
function unprovenWords({ plan, waves }: Pick<Rollout, 'plan' | 'waves'>): string[] {
  let reach = 0;
  return plan.waves.slice(0, -1).flatMap((wave, i) => {
    reach += waves[i]?.expected ?? 0;
    const needed = waves[i]?.to_prove ?? 0;
    if (reach >= needed) return [];
    const then = wave.gate.unproven === 'open' ? 'the next one opens when all is well in it, not proven' : 'a person opens the next one';
    return [`Up to ${wave.name} there are ${counted(reach, 'device')}, and it takes ${grouped(needed)} to be clear about ${share(wave.gate.tolerated_failure_ppm)}: ${then}.`];
  });
}

// The plan in words: what happens to whom, when it goes on, when it stops by itself.
export function planWords(rollout: Pick<Rollout, 'plan' | 'release' | 'in_scope' | 'waves'>): string[] {
  const { plan, release } = rollout;
  const gates = new Set(plan.waves.map((wave) => JSON.stringify(wave.gate)));
  const waves = plan.waves.map((wave, i) => `${wave.name} (${waveWords(wave)}, ${counted(rollout.waves[i]?.expected ?? 0, 'device')})`);
  const chosen = plan.waves.some((wave) => wave.query);
  const words = [
    `${release.name} ${release.version} goes to ${counted(rollout.in_scope, 'device')}${plan.query ? `: those that match ${plan.query}` : ', every one that it fits'}.`,
    `${counted(plan.waves.length, 'wave')}: ${waves.join(', ')}. ${chosen ? 'A device is of the first wave that takes it; where a wave takes a share, which devices these are is' : 'Which device is in which wave is'} settled by chance, and stays.`,
    `A device is done when it reports the new version after its restart and was healthy for ${duration(plan.soak_seconds)}.`,
  ];
  if (plan.starts_at) words.push(`It starts by itself on ${exact(plan.starts_at)}, once it may.`);
  if (plan.waves.length > 1)
    if (gates.size === 1) words.push(`The next wave opens ${gateWords(plan.waves[0]!.gate)}.`);
    else for (let i = 1; i < plan.waves.length; ++i) words.push(`Wave ${plan.waves[i]!.name} opens ${gateWords(plan.waves[i - 1]!.gate)}.`);
  if (gates.size === 1) words.push(`It halts by itself when ${haltWords(plan.waves[0]!.gate)}.`);
  else for (const wave of plan.waves) words.push(`In wave ${wave.name} it halts by itself when ${haltWords(wave.gate)}.`);
  words.push(...unprovenWords(rollout));
  words.push(`A device that says nothing for ${duration(plan.step_timeout_seconds)} during its update counts as silent. Each is tried ${plan.max_attempts === 1 ? 'once' : `at most ${grouped(plan.max_attempts)} times`}.`);
  words.push(plan.rollback_on_halt ? 'When it halts, devices that were already updated are ordered back.' : 'When it halts, devices that were already updated keep the release until somebody rolls back.');
  return words;
}

// Which deployments to show first: those in trouble.
export function firstFilter(totals: Schema['Counts']): Outcome {
  return trouble(totals) > 0 ? 'trouble' : 'started';
}
export function filters(totals: Schema['Counts']): { outcome: Outcome; title: string }[] {
  return [
    { outcome: 'started', title: `all ${grouped(totals.started)}` },
    { outcome: 'trouble', title: `trouble ${grouped(trouble(totals))}` },
    { outcome: 'failed', title: `failed ${grouped(totals.failed)}` },
    { outcome: 'rolled_back', title: `fell back ${grouped(totals.rolled_back)}` },
    { outcome: 'silent', title: `silent ${grouped(totals.silent)}` },
    { outcome: 'pending', title: `under way ${grouped(totals.pending)}` },
    { outcome: 'verified', title: `verified ${grouped(totals.verified)}` },
  ];
}

export const cares = [
  { care: 'careful', title: 'Careful', words: 'A very small first wave, long waits, stops early. For what may hurt.' },
  { care: 'normal', title: 'Normal', words: 'A small first wave, an hour between waves; where one is too small to prove anything, a person opens the next.' },
  { care: 'urgent', title: 'Urgent', words: 'Two waves, minutes between them; where one is too small to prove anything, the next opens when all is well. What halts it is as normal.' },
] as const;
