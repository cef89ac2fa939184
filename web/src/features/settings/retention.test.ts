// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { boundsWords, changesOf, keptWords, retentionCommand, type Kind } from './retention';

const kind = (name: Kind['kind'], days: number | null): Kind => ({ kind: name, what: '', days, otherwise: days, least: 30, most: 3650, for_ever: true, removes: null });

test('a period is said in days, or for ever', () => {
  expect([keptWords(null), keptWords(1), keptWords(1200)]).toEqual(['for ever', '1 day', '1,200 days']);
  expect(boundsWords(kind('audit', null))).toBe('30 to 3,650 days, or for ever');
  expect(boundsWords({ ...kind('jobs', 90), for_ever: false })).toBe('30 to 3,650 days');
});

test('only what is otherwise is sent, and an empty field is for ever', () => {
  const kinds = [kind('audit', null), kind('history', 400), kind('sessions', 7)];
  expect(changesOf(kinds, { audit: '', history: '400', sessions: '7' })).toEqual({});
  expect(changesOf(kinds, { audit: '500', history: '', sessions: ' 9 ' })).toEqual({ audit: 500, history: null, sessions: 9 });
  expect(changesOf(kinds, { audit: '1.5' })).toEqual({});
});

test('the command line says the same', () => {
  expect(retentionCommand({ audit: 500, history: null })).toBe('oakum retention set audit=500 history=forever');
});
