// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { counted, grouped, percent, relative } from './format';

const now = Date.parse('2026-11-22T16:00:00Z');

test.each([
  ['2026-11-22T15:59:58Z', 'now'],
  ['2026-11-22T15:59:00Z', '60 s ago'],
  ['2026-11-22T15:00:00Z', '60 min ago'],
  ['2026-11-22T04:00:00Z', '12 h ago'],
  ['2026-11-12T16:00:00Z', '10 days ago'],
  ['2026-11-22T18:30:00Z', 'in 2 h'],
  [null, 'never'],
])('%s is read as %s', (then, text) => expect(relative(then, now)).toBe(text));

test('counts are grouped and agree with their noun', () => {
  expect(grouped(1674)).toBe('1,674');
  expect(counted(1, 'device')).toBe('1 device');
  expect(counted(2000, 'device')).toBe('2,000 devices');
});

test('a share of nothing is nothing', () => {
  expect(percent(0, 0)).toBe('0 %');
  expect(percent(1, 3)).toBe('33 %');
});
