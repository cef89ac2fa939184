// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { dayOf, inView, inWeek, mondayOf, weekOf, weeksFrom, dueInWeek, spanOf, timesInWeek } from './calendar';

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
const rollout = (state: string, started: string | null, ended: string | null, starts_at: string | null = null) => ({ state: state as never, created: at('2026-11-01'), starts_at: starts_at && at(starts_at), started: started && at(started), ended: ended && at(ended) });

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

test.each([
  ['draft', '2026-12-01', '2026-11-30', 'starts Tuesday 12:00', 'warn'],
  ['awaiting_approval', '2026-12-01', '2026-11-30', 'starts Tuesday 12:00, waits for approval', 'warn'],
  ['scheduled', '2026-12-01', '2026-11-23', '', 'none'],
  ['awaiting_approval', '2026-11-24', '2026-11-23', 'planned, waits for approval', 'warn'],
  ['aborted', '2026-12-01', '2026-11-30', '', 'none'],
])('%s that starts by itself on %s, in the week of %s: "%s"', (state, starts, week, words, tone) => expect(inWeek(rollout(state, null, null, starts), week, now)).toEqual({ words, tone }));

test('plans stand first, and what has no place in the weeks is left out', () => {
  const old = rollout('finished', '2026-08-03', '2026-08-05');
  const runs = rollout('running', '2026-11-24', null);
  const plan = rollout('draft', null, null);
  expect(inView([old, runs, plan], weeksFrom('2026-11-16', 3), now)).toEqual([plan, runs]);
  expect(dayOf(now)).toBe('2026-11-26');
});

const night = (day: string, from = '02:00', to = '05:00') => ({ from: new Date(`${day}T${from}:00`).toISOString(), to: new Date(`${day}T${to}:00`).toISOString() });
test.each([
  ['nothing', [], ''],
  ['one night', [night('2026-01-06')], 'Tue 02:00–05:00'],
  ['another week', [night('2026-01-13')], ''],
  ['each night', ['05', '06', '07', '08', '09', '10', '11'].map((day) => night(`2026-01-${day}`)), 'each day 02:00–05:00'],
  ['some nights', ['05', '07'].map((day) => night(`2026-01-${day}`)), 'Mon, Wed 02:00–05:00'],
  ['of different lengths', [night('2026-01-05'), night('2026-01-06', '03:00', '04:00')], '2 times, the first Mon 02:00–05:00'],
  ['through it', [{ from: new Date('2026-01-01T00:00:00').toISOString(), to: new Date('2026-02-01T00:00:00').toISOString() }], 'the whole week'],
  ['into it', [{ from: new Date('2026-01-01T00:00:00').toISOString(), to: new Date('2026-01-07T06:30:00').toISOString() }], 'until Wed 06:30'],
  ['out of it', [{ from: new Date('2026-01-10T20:00:00').toISOString(), to: new Date('2026-02-01T00:00:00').toISOString() }], 'from Sat 20:00 on'],
  ['over midnight', [{ from: new Date('2026-01-06T22:00:00').toISOString(), to: new Date('2026-01-07T04:00:00').toISOString() }], 'Tue 22:00 – Wed 04:00'],
])('windows and freezes of a week: %s', (_, times, words) => expect(timesInWeek(times, '2026-01-05')).toBe(words));

test('the span of a calendar is its weeks, whole', () => {
  const { from, to } = spanOf(['2026-01-05', '2026-01-12']);
  expect([new Date(from).getHours(), (Date.parse(to) - Date.parse(from)) / 86_400_000]).toEqual([0, 14]);
});

test('updates stand in the week in which they come due', () => {
  const fixes = [{ id: 'a', due: new Date('2026-01-07T12:00:00').toISOString() }, { id: 'b', due: null }, { id: 'c', due: new Date('2026-01-12T00:30:00').toISOString() }];
  expect(dueInWeek(fixes, '2026-01-05').map((fix) => fix.id)).toEqual(['a']);
  expect(dueInWeek(fixes, '2026-01-12').map((fix) => fix.id)).toEqual(['c']);
});
