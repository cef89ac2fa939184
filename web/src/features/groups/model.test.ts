// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { groupChange, heatSentence, nameOf, quietOf, warmth, type HeatRow } from './model';

function row(name: string, over: Partial<HeatRow> = {}): HeatRow {
  return { group: { id: '01jd2m6c7g3v8x0w5n4t9r1k2p', name }, site: null, query: `group = "${name}"`, owner: null, devices: 10, assessed: 9, exposed: 5, exploited: 0, overdue: 0, cannot_tell: 1, quiet: 0, risk: 1, ...over };
}

test.each([
  [0, 10, 0],
  [1, 1000, 1],
  [99, 1000, 1],
  [100, 1000, 2],
  [400, 1000, 3],
  [10, 10, 3],
  [0, 0, 0],
] as const)('%i of %i devices are warm as %i', (count, devices, level) => expect(warmth(count, devices)).toBe(level));

test('a row is called by its group, by its site, or says that there is none', () => {
  expect(nameOf(row('Plants'))).toBe('Plants');
  expect(nameOf(row('', { group: null, site: 'Hall' }))).toBe('Hall');
  expect(nameOf(row('', { group: null }))).toBe('no site');
});

test('the quiet ones are a query', () => expect(quietOf(row('Plants'))).toBe('group = "Plants" and lifecycle = quiet'));

describe('the sentence', () => {
  test.each([
    [[row('A', { exploited: 4 }), row('B', { exploited: 1 }), row('C')], 'group', '2 of 3 groups have devices open to something exploited, the most in A.'],
    [[row('A', { exploited: 4 })], 'group', '1 of 1 group has devices open to something exploited, the most in A.'],
    [[row('A'), row('B', { cannot_tell: 10 })], 'site', 'No site has a device that is known to be open to something exploited. Of 1 nothing can be told.'],
  ] as const)('%#', (rows, by, words) => expect(heatSentence([...rows], by)).toBe(words));
});

const plant = { name: 'Plant 3', query: 'site = a', defaults: { owner: 'line 4', 'tag.hall': 'B' } };
const filled = (fields: Record<string, string>) => {
  const form = new FormData();
  for (const [key, value] of Object.entries({ name: 'Plant 3', query: 'site = a', owner: 'line 4', ...fields })) form.set(key, value);
  return form;
};
test.each([
  ['nothing', {}, null],
  ['its name', { name: 'Plant 4' }, { name: 'Plant 4' }],
  ['its query', { query: 'site = b' }, { query: 'site = b' }],
  ['its owner, and what the form does not show stays', { owner: 'anna' }, { defaults: { owner: 'anna', 'tag.hall': 'B' } }],
  ['no owner any more', { owner: '' }, { defaults: { 'tag.hall': 'B' } }],
])('of a group is changed: %s', (_, fields, change) => expect(groupChange(plant, filled(fields))).toEqual(change));

test('a group whose members are named gets no query by the way', () => expect(groupChange({ ...plant, query: null }, filled({}))).toBeNull());
