// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { csv } from './csv';

test.each([
  ['plain', 'plain'],
  ['a, b', '"a, b"'],
  ['say "no"', '"say ""no"""'],
  ['two\nlines', 'two lines'],
  ['=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['-1+2', "'-1+2"],
  ['-12.5', '-12.5'],
  ['1,234', '"1,234"'],
  ['\u202egnp.exe', '?gnp.exe'],
  ['zero\u200bwidth', 'zero?width'],
  ['\u009b31mred', '?31mred'],
])('%s stands in the file as %s', (text, expected) => expect(csv([[text]])).toBe(`${expected}\r\n`));

test('rows end as spreadsheets expect', () => expect(csv([['a', 'b'], ['1', '2']])).toBe('a,b\r\n1,2\r\n'));
