// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { bytes, counted, days, duration, exact, grouped, percent, relative, there } from './format';

const now = Date.parse('2026-11-22T16:00:00Z');

test.each([
  ['2026-11-22T15:59:58Z', 'now'],
  ['2026-11-22T15:59:00Z', '60 s ago'],
  ['2026-11-22T15:00:00Z', '60 min ago'],
  ['2026-11-22T04:00:00Z', '12 h ago'],
  ['2026-11-12T16:00:00Z', '10 days ago'],
  ['2024-01-31T12:14:34Z', '2024-01-31'],
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

test('a small share is not none, and almost all is not all', () => {
  expect(percent(1, 1000)).toBe('< 1 %');
  expect(percent(999, 1000)).toBe('> 99 %');
  expect(percent(1000, 1000)).toBe('100 %');
});

test.each([
  [0, 'no time'],
  [45, '45 seconds'],
  [60, '1 minute'],
  [1800, '30 minutes'],
  [3600, '1 hour'],
  [86_400, '24 hours'],
  [259_200, '3 days'],
])('a wait of %d s is %s', (seconds, text) => expect(duration(seconds)).toBe(text));

test.each([
  [null, '–'],
  [0.0001, 'under a minute'],
  [0.01, '14 min'],
  [1.5, '36 h'],
  [12.34, '12.3 days'],
])('%s days are read as %s', (value, text) => expect(days(value)).toBe(text));

test('sizes have their unit', () => {
  expect(bytes(512)).toBe('512 bytes');
  expect(bytes(1_597_440)).toBe('1.5 MiB');
});

test('an exact time names its zone', () => expect(exact('2026-11-22T15:59:58Z')).toMatch(/^2026-11-2\d \d\d:\d\d:\d\d \S+/));

test.each([
  ['2026-11-26T21:04:00Z', 'Asia/Tokyo', /^Fri 06:04 there$/],
  ['2026-11-26T21:04:00Z', 'America/Sao_Paulo', /^Thu 18:04 there$/],
])('%s in %s', (at, zone, said) => expect(there(at, zone)).toMatch(said));
test.each([undefined, null, '', 'Mars/Olympus', new Intl.DateTimeFormat().resolvedOptions().timeZone])('a zone "%s" adds nothing', (zone) => expect(there('2026-11-26T21:04:00Z', zone)).toBeNull());
