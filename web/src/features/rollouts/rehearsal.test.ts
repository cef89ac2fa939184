// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { badRows, curve, mayRehearse, percent, span, timeRows, type Rehearsal } from './rehearsal';

const bad = (halted: number): Rehearsal['bad_releases'][number] => ({
  failure_rate: 0.1,
  runs: 5,
  halted,
  halted_by_a_person: 0,
  restarted_at_most: 1234,
  restarted: { median: 90, nine_of_ten: 120 },
  broken: { median: 9, nine_of_ten: 9 },
  gone: { median: 1, nine_of_ten: 2 },
  seconds: { median: 3600, nine_of_ten: 9000 },
});

function rehearsal(more: Partial<Rehearsal> = {}): Rehearsal {
  return {
    conditions: { days: 30 },
    patched: [
      { share: 0.5, runs: 5, median_seconds: 7200, nine_of_ten_seconds: 7200 },
      { share: 0.9, runs: 5, median_seconds: 100_000, nine_of_ten_seconds: 200_000 },
      { share: 0.99, runs: 2, median_seconds: null, nine_of_ten_seconds: null },
    ],
    exposure: { device_days: 1200, device_days_without: 30_000, device_days_removed: 28_800 },
    load: { downloads_per_second: 1.5, downloading_at_once: 400 },
    bad_releases: [bad(5), bad(0)],
    curve: [
      { seconds: 0, patched_share: 0, devices_open: 100, points_open: null },
      { seconds: 86_400, patched_share: 0.5, devices_open: 50, points_open: null },
    ],
    ...more,
  } as Rehearsal;
}

test.each([
  [45, '45 s'],
  [2100, '35 min'],
  [19_800, '5.5 h'],
  [180_000, '2.1 days'],
])('%i seconds are %s', (seconds, words) => expect(span(seconds)).toBe(words));

test.each([
  [0.005, '0.5 %'],
  [0.1, '10 %'],
  [1, '100 %'],
])('a share of %f is %s', (share, words) => expect(percent(share)).toBe(words));

test('what nine of ten runs keep to stands in brackets, and what half do not reach has no time', () => {
  expect(timeRows(rehearsal()).map((row) => row.value)).toEqual(['2 h', '27.8 h (2.3 days)', 'not within 30 days', '1,200 of 30,000', '1.50 each second, 400 at once']);
});

test('a bad release says what it gets to, also where nothing halts it', () => {
  expect(badRows(rehearsal())).toEqual([
    { fails: '10 %', halted: '5 of 5 runs', after: '60 min (2.5 h)', reaches: '90 (120)', broken: '9', gone: '1 (2)' },
    { fails: '10 %', halted: '0 of 5 runs', after: '–', reaches: '1,234', broken: '–', gone: '–' },
  ]);
});

test('the picture is in hours, and in days when it is long', () => {
  expect(curve(rehearsal()).series[0]!.data).toEqual([
    [0, 0],
    [24, 50],
  ]);
  const long = curve(rehearsal({ curve: [{ seconds: 864_000, patched_share: 1, devices_open: 0, points_open: null }] }));
  expect(long.series[0]!.data).toEqual([[10, 100]]);
  expect(long.xAxis.name).toBe('days');
});

test.each([
  ['draft', ['rollout.create'], true],
  ['awaiting_approval', ['rollout.create'], true],
  ['running', ['rollout.create'], false],
  ['draft', ['rollout.read'], false],
] as const)('a plan that is %s, by one with %s: %s', (state, permissions, may) => expect(mayRehearse(state, permissions)).toBe(may));
