// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { daysOf, moved, shapeOf, trend, verifiedInWeek, verifiedNow, type DayFigures, type Figures, type Mark } from './history';

function figures(day: string, over: Partial<DayFigures> = {}): DayFigures {
  return { day, at: `${day}T12:00:00Z`, devices: 10, assessed: 9, exposed: 5, exploited: 2, overdue: 1, cannot_tell: 1, quiet: 0, findings_open: 20, verified: 0, risk: 100, excepted: 0, findings_mitigated: 0, findings_accepted: 0, findings_not_affected: 0, findings_suppressed: 0, ...over };
}
function answer(days: DayFigures[], marks: Mark[] = [], over: Partial<Figures> = {}): Figures {
  return { group: null, from: '2026-11-01', to: '2026-11-05', first_day: days[0]?.day ?? null, as_of: '2026-11-05T12:00:00Z', held: null, days, marks, ...over };
}
const mark = (at: string, kind: Mark['kind'], sentence: string): Mark => ({ at, kind, subject: null, sentence });

describe('the days', () => {
  test('begin when counting began, and a day without figures is a gap', () => {
    const days = daysOf(answer([figures('2026-11-02'), figures('2026-11-04')]));
    expect(days.map((each) => [each.day, each.figures !== null])).toEqual([['2026-11-02', true], ['2026-11-03', false], ['2026-11-04', true], ['2026-11-05', false]]);
  });
  test('are those that were asked for, where counting began before', () => {
    expect(daysOf(answer([figures('2026-11-04')], [], { first_day: '2025-01-01', from: '2026-11-04' })).map((each) => each.day)).toEqual(['2026-11-04', '2026-11-05']);
  });
  test('are none before the first count', () => {
    expect(daysOf(answer([]))).toEqual([]);
  });
  test('carry their marks', () => {
    const days = daysOf(answer([figures('2026-11-04')], [mark('2026-11-05T00:00:00Z', 'feed', 'a'), mark('2026-11-04T23:59:59Z', 'feed', 'b')]));
    expect(days.map((each) => each.marks.map((one) => one.sentence))).toEqual([['b'], ['a']]);
  });
});

describe('the trend', () => {
  const days = daysOf(answer([figures('2026-11-01', { verified: 3 }), figures('2026-11-02', { verified: 4 }), figures('2026-11-05', { verified: 5 })]));
  test.each([
    [[2, 5, null, null, 1], '1 fewer since 2026-11-01'],
    [[2, 5, null, null, 1204], '1,202 more since 2026-11-01'],
    [[null, 5, null, null, 5], 'unchanged since 2026-11-02'],
    [[null, null, null, null, 5], 'counted since today'],
    [[null, 5, null, null, null], 'counted on 2026-11-02 only'],
    [[null, null, null, null, null], 'not counted yet'],
  ])('%j is "%s"', (values, words) => {
    expect(trend(days, values).words).toBe(words);
  });
  test('of what was verified counts the week up to each day', () => {
    expect(verifiedInWeek(days)).toEqual([3, 7, null, null, 12]);
    const long = daysOf(answer(Array.from({ length: 9 }, (_, i) => figures(`2026-11-0${i + 1}`, { verified: 1 })), [], { to: '2026-11-09' }));
    expect(verifiedInWeek(long)).toEqual([1, 2, 3, 4, 5, 6, 7, 7, 7]);
  });
});

describe('what was verified in the seven days up to now', () => {
  test('is told before today was counted', () => {
    expect(verifiedNow(daysOf(answer([figures('2026-11-02', { verified: 3 }), figures('2026-11-04', { verified: 4 })])))).toBe(7);
  });
  test('forgets what is older', () => {
    expect(verifiedNow(daysOf(answer([figures('2026-11-01', { verified: 3 }), figures('2026-11-02', { verified: 4 })], [], { to: '2026-11-08' })))).toBe(4);
  });
  test('is not zero where nothing was ever counted', () => {
    expect(verifiedNow(daysOf(answer([])))).toBeNull();
  });
});

describe('what moved the risk', () => {
  const days = daysOf(
    answer([figures('2026-11-01'), figures('2026-11-02', { risk: 130.4, devices: 12 }), figures('2026-11-05', { risk: 60, devices: 11, verified: 1 })], [mark('2026-11-02T08:00:00Z', 'exploited', 'CVE-2026-1 is exploited and open on 2 devices.')]),
  );
  test.each([
    [0, '2026-11-01: 100 points of risk.'],
    [1, '2026-11-02: 130 points of risk, 30 more than the day before, with 2 devices more. CVE-2026-1 is exploited and open on 2 devices.'],
    [2, '2026-11-03: nothing was counted.'],
    [4, '2026-11-05: 60 points of risk, 70 less than on 2026-11-02, with 1 device fewer. 1 update verified.'],
  ])('on day %i', (i, words) => {
    expect(moved(days, i)).toBe(words);
  });
  test('is said when nothing did', () => {
    expect(moved(daysOf(answer([figures('2026-11-01'), figures('2026-11-02')])), 1)).toBe('2026-11-02: 100 points of risk, as the day before.');
  });
});

test('the gravest mark of a day stands for it', () => {
  expect(shapeOf([])).toBeNull();
  expect(shapeOf([mark('', 'feed', ''), mark('', 'exploited', '')])?.symbol).toBe('triangle');
  expect(shapeOf([mark('', 'devices', ''), mark('', 'rollout ended', '')])?.symbol).toBe('circle');
});
