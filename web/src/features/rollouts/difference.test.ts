// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { differences, lastApproved } from './difference';

const gate = { minimum: 10, tolerated_failure_ppm: 50_000, halt_error_ppm: 10_000, proceed_error_ppm: 50_000, hard_stop: 0, unproven: 'ask' as const, soak_seconds: 3600 };
const plan = { name: 'p', release: 'r', query: 'site = Lab', soak_seconds: 1800, step_timeout_seconds: 86_400, max_attempts: 3, rollback_on_halt: false, waves: [{ name: 'canary', share_ppm: 50_000, gate }] };
const release = (version: string) => ({ id: version, name: 'gateway', version });
const rollout = (over: object = {}, version = '1.5.0') => ({ plan: { ...plan, ...over }, release: release(version) }) as never;

test('a plan like the last one differs in nothing', () => expect(differences(rollout(), rollout({ name: 'another' }))).toEqual([]));

test.each([
  [rollout({}, '1.6.0'), { part: 'What', before: 'gateway 1.5.0', now: 'gateway 1.6.0' }],
  [rollout({ query: '' }), { part: 'Who', before: 'site = Lab', now: 'every device that it fits' }],
  [rollout({ waves: [{ name: 'lab', share_ppm: 1_000_000, query: 'tag.ring = lab', gate }] }), { part: 'Waves', before: 'canary up to 5 %', now: 'lab where tag.ring = lab' }],
  [rollout({ waves: [{ name: 'all', share_ppm: 1_000_000, gate }] }), { part: 'Waves', before: 'canary up to 5 %', now: 'all up to 100 %' }],
  [
    rollout({ waves: [{ name: 'canary', share_ppm: 50_000, gate: { ...gate, minimum: 1, hard_stop: 2, unproven: 'open' } }] }),
    { part: 'What opens and halts a wave', before: 'at least 10 healthy, at most 5 % failing, a wait of 1 hour', now: 'at least 1 healthy, at most 5 % failing, a wait of 1 hour, a stop at 2 failures, going on when nothing is proven' },
  ],
  [rollout({ soak_seconds: 60 }), { part: 'Healthy for', before: '30 minutes', now: '1 minute' }],
  [rollout({ rollback_on_halt: true }), { part: 'When it halts', before: 'updated devices keep the release', now: 'updated devices are ordered back' }],
])('what differs is named', (now, difference) => expect(differences(now, rollout())).toEqual([difference]));

const row = (id: string, name: string, created: string, approved_by: string | null) => ({ id, created, approved_by, release: { id: name, name, version: '1' } });
test.each([
  ['the newest of the same thing', [row('a', 'gateway', '1', 'x'), row('b', 'gateway', '2', 'x'), row('c', 'camera', '3', 'x')], 'b'],
  ['else the newest at all', [row('c', 'camera', '3', 'x'), row('d', 'phone', '1', 'x')], 'c'],
  ['never one that nobody approved, itself, or a later one', [row('e', 'gateway', '1', null), row('me', 'gateway', '5', 'x'), row('f', 'gateway', '9', 'x')], undefined],
])('the last approved plan is %s', (_, rollouts, id) => expect(lastApproved(rollouts, row('me', 'gateway', '5', null))?.id).toBe(id));
