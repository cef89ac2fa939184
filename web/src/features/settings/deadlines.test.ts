// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { chosenDays, daysParameter, exposureRules, placeQuery, ruleName, timeGiven } from './deadlines';

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
