// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { anyOf, both, literal, oneOf, shift } from './query';

test.each([
  ['AC-GW200', 'AC-GW200'],
  ['Pune plant', '"Pune plant"'],
  ['a"b*\\', '"a\\"b\\*\\\\"'],
  ['or', '"or"'],
  ['', '""'],
])('%s is written as %s', (text, written) => expect(literal(text)).toBe(written));

test.each([
  [undefined, undefined, undefined],
  ['kev', undefined, 'kev'],
  [undefined, 'kev', 'kev'],
  [' ', 'kev', 'kev'],
  ['site = X', 'kev', 'site = X and kev'],
  ['site = X', 'kev or hold = yes', 'site = X and (kev or hold = yes)'],
  ['kev or hold = yes', 'site = X', '(kev or hold = yes) and site = X'],
])('%s and %s together are %s', (first, second, together) => expect(both(first, second)).toBe(together));

test('one of several values', () => expect(oneOf('model', ['A', 'B 2'])).toBe('model in (A, "B 2")'));

test.each([
  ['kev or modle = X', 'site = lab', 1],
  ['modle = X', 'site = lab', 0],
  ['kev or modle = X', undefined, 0],
  ['', 'site = lab or kev', 0],
])('"%s" within "%s" is moved by %d', (query, scope, columns) => expect(shift(query, scope)).toBe(columns));

test('what any of several rows asks for is one query: values of one field in a list, the rest side by side', () => {
  expect(anyOf(['id = a'])).toBe('id = a');
  expect(anyOf(['id = a', 'id = b', 'id = a'])).toBe('id in (a, b)');
  expect(anyOf(['group = "Plant \\"3\\""', 'group = x'])).toBe('group in ("Plant \\"3\\"", x)');
  expect(anyOf(['site = a', 'not exists(site)'])).toBe('(site = a) or (not exists(site))');
  expect(anyOf(['site = a and kev', 'site = b'])).toBe('(site = a and kev) or (site = b)');
  expect(anyOf([])).toBeUndefined();
  expect(anyOf(Array.from({ length: 500 }, (_, i) => `id = device-${i}`))).toBeUndefined();
});
