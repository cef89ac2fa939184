// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { haltsAt, picture, provesUpTo, standing, whyLines, type Evidence } from './evidence';

const evidence: Evidence = {
  tolerated_failure_ppm: 50_000,
  devices: 60,
  failed: 1,
  pending: 4,
  lines: [
    { devices: 0, halts_at: 1, proves_up_to: null },
    { devices: 50, halts_at: 10, proves_up_to: null },
    { devices: 100, halts_at: 15, proves_up_to: 0 },
    { devices: 150, halts_at: 19, proves_up_to: 1 },
  ],
};

test.each([
  ['where it stands', evidence, true, '1 of 60 devices failed, fell back or went silent; 4 devices under way. It halts at about 15; with no more failures, it takes about 150 devices to be clear that at most 5 % fail.'],
  ['the last wave has nothing to prove', { ...evidence, pending: 0 }, false, '1 of 60 devices failed, fell back or went silent. It halts at about 15.'],
  ['nothing began', { ...evidence, devices: 0, failed: 0, pending: 0 }, true, 'No device has begun yet.'],
  ['more failures than any line proves', { ...evidence, failed: 9 }, true, '9 of 60 devices failed, fell back or went silent; 4 devices under way. It halts at about 15.'],
])('%s', (_, given, next, words) => expect(standing(given, next)).toBe(words));

test('a line that no number of devices reaches is no line, and the table says so', () => {
  expect(evidence.lines.map(haltsAt)).toEqual(['–', '10', '15', '19']);
  expect(evidence.lines.map(provesUpTo)).toEqual(['–', '–', '0', '1']);
  const [halts, proves] = picture(evidence, true).series;
  expect(halts!.data).toEqual([{ value: [50, 10] }, { value: [100, 15] }, { value: [150, 19] }]);
  expect(proves!.data).toEqual([{ value: [100, 0] }, { value: [150, 1] }]);
});

test('the last wave shows no line to go on by, and what is under way is shown at its worst', () => {
  expect(picture(evidence, false).series.map((each) => each.name)).toEqual(['halts', 'now', 'if all under way fail']);
  expect(picture(evidence, true).series.at(-1)!.data).toEqual([{ value: [60, 5] }]);
  expect(picture({ ...evidence, pending: 0 }, true).series.map((each) => each.name)).toEqual(['halts', 'goes on', 'now']);
});

test('why the lines are where they are, with the numbers of the plan', () => {
  const gate = { tolerated_failure_ppm: 50_000, halt_error_ppm: 10_000, proceed_error_ppm: 200_000, hard_stop: 3 };
  const words = whyLines({ waves: [{ gate }] } as never, 0).join(' ');
  for (const part of ['tolerates that 5 % fail', 'wrongly at most 1 %', 'goes on at most 20 %', '3 failures halt it']) expect(words).toContain(part);
  expect(whyLines({ waves: [] } as never, 0)).toEqual([]);
});
