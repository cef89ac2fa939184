// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { scopeOf, scopeWords } from './scope';

test.each([
  ['group', 'Plant 3', 'group = "Plant 3"', 'group Plant 3'],
  ['site', 'lab', 'site = lab', 'site lab'],
  ['tag.region', 'Iberia', 'tag.region = Iberia', 'region Iberia'],
  ['zone', 'a "b" *', 'zone = "a \\"b\\" \\*"', 'zone a "b" *'],
] as const)('%s %s is a query, and said in words', (field, name, query, words) => {
  expect(scopeOf(field, name)).toBe(query);
  expect(scopeWords(query)).toBe(words);
});

test('a scope that somebody wrote is said as it is', () => expect(scopeWords('kev and site = lab')).toBe('kev and site = lab'));
