// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { chosenDays, daysParameter, exposureRules, placeQuery, ruleName, timeGiven, replacingSentence, rowsOf } from './deadlines';

test('the time that a finding is given, in words', () => {
  expect(timeGiven({ days: null, forensic_triage: false })).toBe('with the next upgrade');
  expect(timeGiven({ days: 1, forensic_triage: false })).toBe('1 day');
  expect(timeGiven({ days: 3, forensic_triage: true })).toBe('3 days, and forensic triage');
});

test('only days that the policy leaves to be chosen are sent', () => {
  const form = new FormData();
  form.set('days exploited', '7');
  form.set('days others', '');
  form.set('days fixed', '3');
  const outcome = (name: string, adjustable: boolean) => ({ name, days: 14, forensic_triage: false, adjustable });
  const days = chosenDays([outcome('exploited', true), outcome('others', true), outcome('fixed', false)], form);
  expect(days).toEqual({ exploited: 7 });
  expect(daysParameter(days)).toBe('exploited=7');
  expect(daysParameter({})).toBeUndefined();
});

test.each([
  ['subnet', ' 10.1.0.0/16 ', 'address in 10.1.0.0/16'],
  ['zone', 'production', 'zone = production'],
  ['site', 'Plant "3"', 'site = "Plant \\"3\\""'],
] as const)('a rule by %s asks for it', (place, value, query) => {
  expect(placeQuery(place, value)).toBe(query);
  expect(ruleName(place, value)).toContain(value.trim());
});

test('a rule is a group by query that gives an exposure and nothing else', () => {
  const group = (query: string | null, defaults: Record<string, string>) => ({ id: 'g', name: 'n', query, defaults, devices: 1 });
  const rule = group('zone = "a"', { exposure: 'isolated' });
  expect(exposureRules([rule, group(null, { exposure: 'isolated' }), group('zone = "a"', { exposure: 'isolated', owner: 'x' }), group('zone = "a"', {})])).toEqual([rule]);
});

test.each([
  ['of,name\nmodel,a\r\nmodel,b\n', 2],
  ['', 0],
  ['of,name\n\n', 0],
])('the rows of the table %j are counted', (table, rows) => expect(rowsOf(table)).toBe(rows));

test.each([
  [2, 0, 'It has 2 rows. None was brought in before. Devices past an end that it names are unsupported at once.'],
  [1, 3, 'It has 1 row. The 3 rows that were brought in before go. Devices past an end that it names are unsupported at once.'],
  [0, 1, 'It has no row below its first. The 1 row that was brought in before goes. What comes with Oakum decides alone.'],
])('a table of %i rows in the place of %i says what it does', (rows, before, sentence) => expect(replacingSentence(rows, before)).toBe(sentence));
