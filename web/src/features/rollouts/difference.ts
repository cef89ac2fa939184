// SPDX-License-Identifier: Apache-2.0
// How a plan differs from the last one that somebody approved. Pure; tested as a table.
import type { Schema } from '../../shared/api/client';
import { duration, exact, grouped } from '../../shared/format';
import { share, waveWords } from './model';

type Plan = Schema['Plan'];
type Summary = Pick<Schema['RolloutSummary'], 'id' | 'approved_by' | 'created' | 'release'>;

// The newest approved one before it that brought the same thing; without one, the newest approved one at all.
export function lastApproved<T extends Summary>(rollouts: T[], of: Summary): T | undefined {
  const before = rollouts.filter((each) => each.id !== of.id && each.approved_by !== null && each.created <= of.created).sort((a, b) => b.created.localeCompare(a.created));
  return before.find((each) => each.release.name === of.release.name) ?? before[0];
}

const waves = (plan: Plan) => plan.waves.map((wave) => `${wave.name} ${waveWords(wave)}`).join(', ');
const gates = (plan: Plan) =>
  [
    ...new Set(
      plan.waves.map(({ gate }) => `at least ${grouped(gate.minimum)} healthy, at most ${share(gate.tolerated_failure_ppm)} failing, a wait of ${duration(gate.soak_seconds)}${gate.hard_stop ? `, a stop at ${grouped(gate.hard_stop)} failures` : ''}${gate.unproven === 'open' ? ', going on when nothing is proven' : ''}`),
    ),
  ].join('; ');

const parts: [string, (plan: Plan) => string][] = [
  ['Who', (plan) => plan.query || 'every device that it fits'],
  ['When', (plan) => (plan.starts_at ? `by itself on ${exact(plan.starts_at)}` : 'when somebody starts it')],
  ['Waves', waves],
  ['What opens and halts a wave', gates],
  ['Healthy for', (plan) => duration(plan.soak_seconds)],
  ['Silent after', (plan) => duration(plan.step_timeout_seconds)],
  ['Attempts', (plan) => grouped(plan.max_attempts)],
  ['When it halts', (plan) => (plan.rollback_on_halt ? 'updated devices are ordered back' : 'updated devices keep the release')],
];

export interface Difference {
  part: string;
  before: string;
  now: string;
}
export function differences(now: Pick<Schema['Rollout'], 'plan' | 'release'>, before: Pick<Schema['Rollout'], 'plan' | 'release'>): Difference[] {
  const release = (of: Pick<Schema['Rollout'], 'release'>) => `${of.release.name} ${of.release.version}`;
  return [{ part: 'What', before: release(before), now: release(now) }, ...parts.map(([part, of]) => ({ part, before: of(before.plan), now: of(now.plan) }))].filter((row) => row.before !== row.now);
}
