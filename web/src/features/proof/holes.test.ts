// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { classOf, sentence, stateOf } from './holes';

test.each([
  [214, 'overdue', 'exploited', '214 holes: overdue, known to be exploited.'],
  [1, undefined, 'all', '1 hole.'],
  [1_003, 'kept_late', 'all', '1,003 holes: closed late.'],
  [0, undefined, 'low', '0 holes: low.'],
] as const)('%s holes, %s, %s', (total, state, of, words) => expect(sentence(total, state, of)).toBe(words));

test('what the URL says and nobody knows is nothing', () => {
  expect(stateOf('overdue')).toBe('overdue');
  expect(stateOf('any')).toBeUndefined();
  expect(classOf('exploited')).toBe('exploited');
  expect(classOf('=1+1')).toBe('all');
});
