// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { concerns, empty, note, tabOf } from './model';

test.each([
  [undefined, 'open'],
  ['open', 'open'],
  ['muted', 'muted'],
  ['closed', 'closed'],
  ['x', 'open'],
])('the tab %s in the address is %s', (text, tab) => expect(tabOf(text)).toBe(tab));

test('whom it concerns: who can act, and the owner of the devices', () => {
  expect(concerns({ concerns: 'operators', owner: null })).toBe('operators');
  expect(concerns({ concerns: 'operators', owner: 'line 4' })).toBe('operators; line 4');
});

test.each([
  [{ state: 'open', acknowledged_by: null, muted_by: null, why: null }, null],
  [{ state: 'acknowledged', acknowledged_by: 'anna', muted_by: null, why: null }, 'by anna'],
  [{ state: 'acknowledged', acknowledged_by: 'anna', muted_by: null, why: 'on it' }, 'by anna: on it'],
  [{ state: 'muted', acknowledged_by: 'anna', muted_by: 'bert', why: 'known' }, 'by bert: known'],
  [{ state: 'closed', acknowledged_by: 'anna', muted_by: null, why: 'on it' }, null],
] as const)('who took care of %j is said', (alarm, words) => expect(note(alarm)).toBe(words));

test('an empty list says what that means', () => expect(empty('open')).toBe('Nothing wrong'));
