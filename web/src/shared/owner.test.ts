// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { nobody, ownerOf, withOwner } from './owner';

test.each([
  [undefined, undefined],
  ['kev', undefined],
  ['owner = anna', 'anna'],
  ['kev and owner = "Anna \\"B\\" C"', 'Anna "B" C'],
  ['kev and not exists(owner)', nobody],
  ['site = x and owner = anna and kev', undefined],
  ['kev or overdue and owner = anna', undefined],
  ['(kev or overdue) and owner = anna', 'anna'],
  ['(kev) or (overdue) and owner = anna', undefined],
  ['(site = ")" or kev) and owner = anna', 'anna'],
])('%s is about %s', (query, owner) => expect(ownerOf(query)).toBe(owner));

test.each([
  [undefined, 'anna', 'owner = anna'],
  ['kev', 'Anna B', 'kev and owner = "Anna B"'],
  ['kev and owner = anna', 'bert', 'kev and owner = bert'],
  ['kev and owner = anna', nobody, 'kev and not exists(owner)'],
  ['kev and owner = anna', undefined, 'kev'],
  ['owner = anna', undefined, undefined],
  ['kev or overdue', 'anna', '(kev or overdue) and owner = anna'],
  ['(kev or overdue) and owner = anna', undefined, 'kev or overdue'],
  ['(kev or overdue) and owner = anna', 'bert', '(kev or overdue) and owner = bert'],
  ['kev', '"=1+1', 'kev and owner = "\\"=1+1"'],
])('%s, of %s', (query, owner, asked) => expect(withOwner(query, owner)).toBe(asked));
