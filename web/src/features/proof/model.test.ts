// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { changes, exported, subject, windowsSentence } from './model';

const row = (name: string, closed: number, open: number) => ({ class: name, closed, open, median_days: 3.2, p90_days: 12, longest_open_days: open ? 40 : null });

test.each([
  [[row('exploited', 5, 2), row('all', 50, 20)], 'Half of the exploited holes were or have been open for at most 3.2 days, nine of ten for at most 12.0 days. 5 exploited holes were closed and verified; 2 are still open, the oldest for 40.0 days.'],
  [[row('exploited', 0, 0), row('all', 1, 1)], 'Half of the holes were or have been open for at most 3.2 days, nine of ten for at most 12.0 days. 1 hole was closed and verified; 1 is still open, the oldest for 40.0 days.'],
  [[row('exploited', 0, 0), row('all', 7, 0)], 'Half of the holes were or have been open for at most 3.2 days, nine of ten for at most 12.0 days. 7 holes were closed and verified; none is open.'],
  [[row('exploited', 0, 0), row('all', 0, 0)], 'No hole was ever open on a device here.'],
])('windows are told in a sentence', (rows, text) => expect(windowsSentence({ rows } as never)).toBe(text));

test('a record says what it changed, and nothing else', () => {
  expect(changes({ before: { state: 'running', wave: 1 }, after: { state: 'halted', wave: 1, by: ['x'] } } as never)).toEqual([
    { key: 'state', before: 'running', after: 'halted' },
    { key: 'by', before: '–', after: '["x"]' },
  ]);
  expect(changes({ before: null, after: null })).toEqual([]);
});

test('an export holds the records as they are, and the head of the chain', () => {
  const records = [{ number: 1, hash: 'a' }, { number: 2, hash: 'b' }] as never;
  const file = JSON.parse(exported(records, '2026-11-25T00:00:00Z'));
  expect(file).toMatchObject({ records: 2, head: 'b' });
  expect(file.items).toEqual(records);
  expect(JSON.parse(exported([], 'now')).head).toBeNull();
});

test.each([
  ['rollout 01m8a5f84jzakf5570x6q754n7', 'rollout …q754n7', '/rollouts/$id'],
  ['user 01m8a5f84jzakf5570x6q754n7', 'user …q754n7', null],
  ['firmware AC-GW200 1.5.1', 'firmware AC-GW200 1.5.1', null],
  ['token oakum command line of admin', 'token oakum command line of admin', null],
  ['oakumd', 'oakumd', null],
])('%s is shown as %s and leads to %s', (resource, words, page) => expect(subject(resource)).toMatchObject({ words, page, whole: resource }));
