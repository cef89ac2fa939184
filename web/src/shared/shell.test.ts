// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { option, word } from './shell';

test.each([
  ['CVE-2024-1', 'CVE-2024-1'],
  ['site = "Plant 3"', `'site = "Plant 3"'`],
  [`it's`, `'it'\\''s'`],
  ['$(rm -rf)', `'$(rm -rf)'`],
  ['', `''`],
])('the word %j is %s', (text, said) => expect(word(text)).toBe(said));

test.each([
  ['query', 'kev', ' --query kev'],
  ['query', '', ''],
  ['query', undefined, ''],
])('the option %s of %j is %j', (name, value, said) => expect(option(name, value)).toBe(said));
