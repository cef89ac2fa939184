// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { daySentence, keptSentence, lookOf, moved, pictureOf, type Adoption } from './adoption';

function adoption(rows: [string, string | null, number, ('others' | 'unknown')?][], to = '2026-11-04'): Adoption {
  return { model: 'GW', from: '2026-11-01', to, as_of: '', held: null, models: [], rows: rows.map(([day, version, devices, kind]) => ({ day, version, devices, kind: kind ?? 'version' })) };
}

test('the newest version stands first, what is not known last, and a day that was not counted stays a gap', () => {
  const picture = pictureOf(
    adoption([
      ['2026-11-01', '1.9.0', 30],
      ['2026-11-01', null, 2, 'unknown'],
      ['2026-11-03', '1.10.0', 5],
      ['2026-11-03', '1.9.0', 25],
      ['2026-11-03', null, 1, 'others'],
    ]),
  );
  expect(picture.series.map((each) => each.words)).toEqual(['1.10.0', '1.9.0', 'other versions', 'not known']);
  expect(picture.days.map((day) => [day.day, day.devices])).toEqual([
    ['2026-11-01', 32],
    ['2026-11-02', null],
    ['2026-11-03', 31],
  ]);
  expect(daySentence(picture, picture.days[0]!)).toBe('2026-11-01: 32 devices; 1.9.0 on 30 (94 %), not known on 2 (6 %).');
  expect(daySentence(picture, picture.days[1]!)).toBe('2026-11-02: nothing was counted.');
  expect(moved(picture, '1.10.0')).toBe('5 devices more run 1.10.0 than on 2026-11-01.');
  expect(moved(picture, '1.9.0')).toBe('5 devices fewer run 1.9.0 than on 2026-11-01.');
  expect(moved(picture, '0.1')).toBe('As many run 0.1 as on 2026-11-01.');
});

test('few versions are told apart, the one that is asked for always, and no device is lost', () => {
  const rows = Array.from({ length: 9 }, (_, i) => ['2026-11-01', `1.${i}.0`, 10 + i] as [string, string, number]);
  const picture = pictureOf(adoption([...rows, ['2026-11-01', '2.0.0', 1]]), '2.0.0');
  expect(picture.series.map((each) => each.words)).toEqual(['2.0.0', '1.8.0', '1.7.0', '1.6.0', '1.5.0', '1.4.0', 'other versions']);
  const [day] = picture.days;
  expect(Object.values(day!.counts).reduce((sum, n) => sum + n, 0)).toBe(day!.devices);
  expect(day!.counts.others).toBe(10 + 11 + 12 + 13);
});

test('nothing counted is no picture, and a model without devices any more is said', () => {
  expect(pictureOf(adoption([])).days).toEqual([]);
  expect(moved(pictureOf(adoption([['2026-11-01', '1', 2]])), '1')).toBeNull();
  const gone = pictureOf(adoption([['2026-11-01', '1', 2], ['2026-11-02', null, 0, 'unknown']]));
  expect(daySentence(gone, gone.days[1]!)).toBe('2026-11-02: no device.');
});

test('where as many models are kept as fit, a gap may be a model that was left out, and that is said', () => {
  const rows: [string, string, number][] = [
    ['2026-11-01', '1', 2],
    ['2026-11-03', '1', 2],
  ];
  const few = pictureOf(adoption(rows));
  expect(keptSentence(few)).toBe("Kept of each day from 2026-11-01 on: the version of the firmware, else that of the device's system.");
  const full = pictureOf({ ...adoption(rows), models: Array.from({ length: 100 }, (_, i) => ({ model: `M${i}`, devices: 9 })) });
  expect(full.days.map((day) => day.devices)).toEqual([2, null, 2]);
  expect(daySentence(full, full.days[1]!)).toBe('2026-11-02: nothing was counted, or this was not among the 100 models with most devices.');
  expect(keptSentence(full)).toContain('of the 100 models with most devices; others were left out');
});

test('versions have colours of their own, and what is not known is a frame', () => {
  const { series } = pictureOf(adoption([['2026-11-01', '2', 1], ['2026-11-01', '1', 1], ['2026-11-01', null, 1, 'unknown']]));
  expect(new Set(series.map((_, i) => lookOf(series, i).color)).size).toBe(3);
  expect(series.map((_, i) => lookOf(series, i).framed)).toEqual([false, false, true]);
});
