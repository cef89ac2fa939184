// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { step, type Previewed } from './previewed';

const none: Previewed<string, string> = { turn: 0, seen: null };
const answered = (turn: number, wish: string) => ({ kind: 'answered', turn, wish, view: `of ${wish}` }) as const;

test('what was looked at is seen', () => expect(step(none, answered(0, 'a'))).toEqual({ turn: 0, seen: { wish: 'a', view: 'of a' } }));

test('a change forgets what was seen', () => expect(step(step(none, answered(0, 'a')), { kind: 'changed' })).toEqual({ turn: 1, seen: null }));

test('an answer that comes after a change is never shown for the new wish', () => {
  const changed = step(none, { kind: 'changed' } as const);
  expect(step(changed, answered(0, 'a'))).toEqual({ turn: 1, seen: null });
  expect(step(changed, answered(1, 'b'))).toEqual({ turn: 1, seen: { wish: 'b', view: 'of b' } });
});
