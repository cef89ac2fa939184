// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { funnel, needs, parts, setupAction, setupTitle, type Exposure } from './model';

const exposure = (over: Partial<Exposure>): Exposure =>
  ({ devices: 10, exposed: 4, cannot_tell: 3, funnel: { affected: 8, fix_exists: 7, approved: 2, offered: 2, installed: 1, verified: 1 }, ...over }) as Exposure;

test('unknown is never folded into good', () => {
  expect(parts(exposure({})).map((part) => part.value)).toEqual([4, 3, 3]);
  expect(parts(exposure({ devices: 5 })).map((part) => part.value)).toEqual([4, 3, 0]);
});

test.each([
  [[8, 7, 2, 2, 1, 1], 'Most wait here: 5 devices with a fix, in no rollout.'],
  [[8, 1, 1, 1, 1, 1], 'Most wait here: 7 devices without a fix, here or at the vendor.'],
  [[8, 8, 8, 8, 8, 7], 'Most wait here: 1 device with an update installed, not yet verified.'],
  [[0, 0, 0, 0, 0, 0], null],
])('the widest gap of the funnel %j is named', ([affected, fix_exists, approved, offered, installed, verified], gap) =>
  expect(funnel(exposure({ funnel: { affected, fix_exists, approved, offered, installed, verified } as never })).gap).toBe(gap),
);

const rollout = (id: string, state: string) => ({ id, name: id, state, sentence: 'S.' }) as never;

test('what waits for a person stands most urgent first, and what runs by itself is left out', () => {
  const list = needs([rollout('a', 'draft'), rollout('b', 'running'), rollout('c', 'halted'), rollout('d', 'awaiting_approval'), rollout('e', 'settled')], [], { counts: { pending: 2 } } as never, { password_set: false });
  expect(list.map((need) => need.key)).toEqual(['c', 'd', 'a', 'password', 'pending']);
  expect(list[4]!.sentence).toBe('2 devices enrolled and wait to be accepted.');
});

test('a wave that a person is to open waits for one; one that opens by itself does not', () => {
  const asks = { id: 'b', name: 'b', state: 'running', sentence: 'Wave 1 of 2 is open.', person_opens_next: true } as never;
  const list = needs([rollout('a', 'draft'), rollout('r', 'running'), asks, rollout('c', 'halted')], [], undefined, { password_set: true });
  expect(list.map((need) => need.key)).toEqual(['c', 'b', 'a']);
  expect(list[1]).toMatchObject({ sentence: 'b: Wave 1 of 2 is open.', action: 'Look and open the next wave', to: '/rollouts/$id', params: { id: 'b' } });
});

test('alarms that nobody looks after wait for a person; those of rollouts are said once', () => {
  const alarm = (id: string, state: string, kind: string) => ({ id, state, kind, what: `${id}.`, page: '/settings?tab=keys' }) as never;
  const list = needs([], [alarm('a', 'open', 'backup_old'), alarm('b', 'acknowledged', 'backup_old'), alarm('c', 'open', 'rollout_waits')], undefined, { password_set: true });
  expect(list).toEqual([{ key: 'a', sentence: 'a.', action: 'Look into it', to: '/settings', search: { tab: 'keys' } }]);
});

test('exceptions that wait for approval need somebody', () => expect(needs([], [], undefined, { password_set: true }, 2)[0]?.sentence).toBe('2 exceptions wait for approval.'));

test('nothing to do is an empty list', () => expect(needs([], [], undefined, { password_set: true })).toEqual([]));

test('the set-up counts its steps', () => expect(setupTitle([{ done: true }, { done: false }, { done: true }] as never)).toBe('Set-up, 2 of 3'));

test.each([
  ['owners', '/devices', { query: 'not exists(owner)' }],
  ['mail', '/settings', { tab: 'channels' }],
  ['devices', '/welcome', undefined],
] as const)('the step %s is done at %s', (step, to, search) => {
  expect(setupAction(step).to).toBe(to);
  expect(setupAction(step).search).toEqual(search);
});
