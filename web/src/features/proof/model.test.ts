// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { changes, compared, comparedSentence, dayAt, deadlinesSentence, exported, monthBefore, spanOf, subject, windowsSentence } from './model';

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

const figures = (day: string, over: object = {}) => ({ day, devices: 10, exposed: 4, exploited: 2, overdue: 1, cannot_tell: 3, quiet: 0, findings_open: 40, verified: 1, risk: 100.4, ...over }) as never;

test('two days are compared figure by figure, with what was verified in between', () => {
  const days = [figures('2026-11-01', { verified: 9 }), figures('2026-11-02', { verified: 2 }), figures('2026-11-03', { exploited: 5, risk: 50, verified: 3 })];
  const rows = compared(days[0]!, days[2]!, days);
  expect(rows.find((row) => row.what === 'Devices')).toEqual({ what: 'Devices', before: '10', after: '10', change: 'unchanged' });
  expect(rows.find((row) => row.what === 'Open to something exploited')).toEqual({ what: 'Open to something exploited', before: '2', after: '5', change: '3 more' });
  expect(rows.find((row) => row.what === 'Points of risk')?.change).toBe('50 fewer');
  expect(rows.at(-1)?.change).toBe('5');
  expect(comparedSentence(days[0]!, days[2]!)).toBe('The risk fell by 50 %; 3 devices more are open to something exploited.');
  expect(comparedSentence(days[0]!, figures('2026-11-04', { exploited: 1 }))).toBe('The risk is what it was; 1 device fewer is open to something exploited.');
});

test.each([
  ['2026-11-02', '2026-11-01'],
  ['2026-11-03', '2026-11-03'],
  ['2026-10-01', undefined],
])('the figures of %s are those of %s', (day, of) => expect(dayAt([figures('2026-11-01'), figures('2026-11-03')], day)?.day).toBe(of));

test.each([
  [undefined, undefined, '2026-10-27', '2026-11-26'],
  ['2026-11-01', '2026-11-05', '2026-11-01', '2026-11-05'],
  ['2026-11-05', '2026-11-01', '2026-11-01', '2026-11-05'],
  ['yesterday', '2026-11-05', '2026-10-06', '2026-11-05'],
])('from %s to %s is from %s to %s', (from, to, begin, end) => expect(spanOf(from, to, new Date('2026-11-26T10:00:00Z'))).toEqual({ from: begin, to: end }));

test.each([
  ['2026-11-26T10:00:00Z', ['2026-10-01', '2026-10-31']],
  ['2026-01-01T00:00:00Z', ['2025-12-01', '2025-12-31']],
  ['2028-03-31T23:59:59Z', ['2028-02-01', '2028-02-29']],
])('the month before %s', (now, days) => expect(monthBefore(new Date(now))).toEqual(days));

test('deadlines that came due are summed up', () => {
  const row = { group: null, kept: 8, kept_late: 1, overdue: 3, excepted: 0, not_due: 5, without_deadline: 9 };
  expect(deadlinesSentence({ policy: 'CISA BOD 26-04', rows: [row] })).toBe('By CISA BOD 26-04, 12 deadlines came due: 8 kept in time, 1 late, 3 overdue.');
  expect(deadlinesSentence({ policy: 'Plant 3', rows: [{ ...row, excepted: 2 }] })).toBe('By Plant 3, 12 deadlines came due: 8 kept in time, 1 late, 3 overdue. 2 open findings excepted.');
  expect(deadlinesSentence({ policy: 'Plant 3', rows: [{ ...row, kept: 0, kept_late: 0, overdue: 0 }] })).toBe('No deadline has come due by Plant 3.');
});
