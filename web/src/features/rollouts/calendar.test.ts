// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { dayOf, inView, inWeek, mondayOf, weekOf, weeksFrom } from './calendar';

test.each([
  ['2026-11-26', '2026-11-23'],
  ['2026-11-23', '2026-11-23'],
  ['2026-11-29', '2026-11-23'],
  ['2027-01-01', '2026-12-28'],
])('the week of %s begins on %s', (day, monday) => expect(mondayOf(day)).toBe(monday));

test.each([
  [undefined, undefined],
  ['nonsense', undefined],
  ['2026-13-45', undefined],
  ['2026-11-26', '2026-11-23'],
])('the address may ask for the week of %s', (text, week) => expect(weekOf(text)).toBe(week));

test('weeks follow one another, also where the clock is changed', () => expect(weeksFrom('2026-10-12', 4)).toEqual(['2026-10-12', '2026-10-19', '2026-10-26', '2026-11-02']));

// Noon of a day in whatever zone the test runs.
const at = (day: string) => new Date(`${day}T12:00:00`).toISOString();
const now = new Date('2026-11-26T12:00:00');
const rollout = (state: string, started: string | null, ended: string | null) => ({ state: state as never, created: at('2026-11-01'), started: started && at(started), ended: ended && at(ended) });

test.each([
  ['running', '2026-11-24', null, '2026-11-23', 'started Tuesday, running', 'busy'],
  ['running', '2026-11-10', null, '2026-11-16', 'went on', 'busy'],
  ['running', '2026-11-10', null, '2026-11-30', '', 'none'],
  ['settled', '2026-11-10', null, '2026-11-23', 'every device has its outcome', 'busy'],
  ['finished', '2026-11-10', '2026-11-13', '2026-11-09', 'started Tuesday, ended Friday', 'calm'],
  ['finished', '2026-11-10', '2026-11-13', '2026-11-16', '', 'none'],
  ['rolled_back', '2026-11-01', '2026-11-13', '2026-11-09', 'ended Friday', 'calm'],
  ['halted', '2026-11-24', null, '2026-11-23', 'started Tuesday, halted', 'busy'],
  ['awaiting_approval', null, null, '2026-11-23', 'planned, waits for approval', 'warn'],
  ['draft', null, null, '2026-11-23', 'planned', 'warn'],
  ['draft', null, null, '2026-11-16', '', 'none'],
  ['aborted', null, '2026-11-24', '2026-11-23', '', 'none'],
])('%s, started %s, ended %s, in the week of %s: "%s"', (state, started, ended, week, words, tone) => expect(inWeek(rollout(state, started, ended), week, now)).toEqual({ words, tone }));

test('plans stand first, and what has no place in the weeks is left out', () => {
  const old = rollout('finished', '2026-08-03', '2026-08-05');
  const runs = rollout('running', '2026-11-24', null);
  const plan = rollout('draft', null, null);
  expect(inView([old, runs, plan], weeksFrom('2026-11-16', 3), now)).toEqual([plan, runs]);
  expect(dayOf(now)).toBe('2026-11-26');
});
