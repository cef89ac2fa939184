// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { asked, isAdvisoryId } from './search';

test.each([
  ['are we hit by cve-2024-6387?', 'cve-2024-6387'],
  ['  GW-0003 ', 'GW-0003'],
  ['', ''],
])('"%s" looks for "%s"', (typed, text) => expect(asked(typed)).toBe(text));

test.each([
  ['CVE-1999-99999', true],
  ['ghsa-xxxx-yyyy-zzzz', true],
  ['GW-0003', false],
  ['busybox', false],
])('"%s" is an advisory\'s id: %s', (text, is) => expect(isAdvisoryId(text)).toBe(is));
