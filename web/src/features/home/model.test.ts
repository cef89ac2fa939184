// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { funnel, needs, parts, setupAction, setupTitle, unread, type Exposure, type Waiting } from './model';

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

const none = { items: [], more: false };
const waiting = (over: Partial<Waiting>): Waiting => ({ rollouts: none, alarms: none, exceptions: none, floors: none, drafts: none, system: { counts: { pending: 0 } } as never, me: { password_set: true }, ...over });
const some = <T,>(...items: T[]) => ({ items, more: false });

const rollout = (id: string, state: string) => ({ id, name: id, state, sentence: 'S.' }) as never;

test('what waits for a person stands most urgent first, and what runs by itself is left out', () => {
  const list = needs(waiting({ rollouts: some(rollout('a', 'draft'), rollout('b', 'running'), rollout('c', 'halted'), rollout('d', 'awaiting_approval'), rollout('e', 'settled')), system: { counts: { pending: 2 } } as never, me: { password_set: false } }));
  expect(list.map((need) => need.key)).toEqual(['c', 'd', 'a', 'password', 'pending']);
  expect(list[4]!.sentence).toBe('2 devices enrolled and wait to be accepted.');
});

test('a wave that a person is to open waits for one; one that opens by itself does not', () => {
  const asks = { id: 'b', name: 'b', state: 'running', sentence: 'Wave 1 of 2 is open.', person_opens_next: true } as never;
  const list = needs(waiting({ rollouts: some(rollout('a', 'draft'), rollout('r', 'running'), asks, rollout('c', 'halted')) }));
  expect(list.map((need) => need.key)).toEqual(['c', 'b', 'a']);
  expect(list[1]).toMatchObject({ sentence: 'b: Wave 1 of 2 is open.', action: 'Look and open the next wave', to: '/rollouts/$id', params: { id: 'b' } });
});

test('alarms that nobody looks after wait for a person; those of rollouts are said once', () => {
  const alarm = (id: string, state: string, kind: string) => ({ id, state, kind, what: `${id}.`, page: '/settings?tab=keys' }) as never;
  const list = needs(waiting({ alarms: some(alarm('a', 'open', 'backup_old'), alarm('b', 'acknowledged', 'backup_old'), alarm('c', 'open', 'rollout_waits')) }));
  expect(list).toEqual([{ key: 'a', sentence: 'a.', action: 'Look into it', to: '/settings', search: { tab: 'keys' } }]);
});

const floor = (...states: string[]) => ({ exceptions: states.map((state) => ({ state })) }) as never;
test.each([
  [{ exceptions: some({}, {}) }, '2 exceptions wait for approval.'],
  [{ floors: some(floor('asked', 'approved'), floor('refused')) }, '1 exception waits for approval.'],
  [{ exceptions: { items: [{}], more: true }, floors: some(floor('asked')) }, 'At least 2 exceptions wait for approval.'],
])('exceptions that wait for approval, those of floors too, need somebody: %#', (over, sentence) => expect(needs(waiting(over))[0]?.sentence).toBe(sentence));

test('releases that wait for approval need somebody', () => expect(needs(waiting({ drafts: some({}) }))[0]?.sentence).toBe('1 release waits for approval.'));

test('nothing to do is an empty list', () => {
  expect(needs(waiting({}))).toEqual([]);
  expect(unread(waiting({}))).toEqual([]);
});

test.each([
  [{ rollouts: { items: [], more: true } }, ['more rollouts']],
  [{ alarms: { items: [], more: true }, exceptions: { items: [], more: true } }, ['more alarms', 'more exceptions']],
])('what was not looked at is said, since more may wait there: %#', (over, words) => expect(unread(waiting(over)).map((each) => each.words)).toEqual(words));

test('the set-up counts its steps', () => expect(setupTitle([{ done: true }, { done: false }, { done: true }] as never)).toBe('Set-up, 2 of 3'));

test.each([
  ['owners', '/devices', { query: 'not exists(owner)' }],
  ['mail', '/settings', { tab: 'channels' }],
  ['devices', '/welcome', undefined],
] as const)('the step %s is done at %s', (step, to, search) => {
  expect(setupAction(step).to).toBe(to);
  expect(setupAction(step).search).toEqual(search);
});
