// SPDX-License-Identifier: Apache-2.0
// The calendar of rollouts: what ran, runs and waits in which week, in the viewer's zone. Pure; tested as a table.
import type { Schema } from '../../shared/api/client';

type Rollout = Pick<Schema['RolloutSummary'], 'state' | 'created' | 'starts_at' | 'started' | 'ended'>;

const two = (value: number) => String(value).padStart(2, '0');
export function dayOf(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

// The Monday on or before a day.
export function mondayOf(day: string): string {
  const date = new Date(`${day}T12:00:00`);
  date.setDate(date.getDate() - ((date.getDay() + 6) % 7));
  return dayOf(date);
}

export function weeksLater(monday: string, weeks: number): string {
  const date = new Date(`${monday}T12:00:00`);
  date.setDate(date.getDate() + 7 * weeks);
  return dayOf(date);
}

// What the URL asks for, or nothing when it is no day.
export function weekOf(text: string | undefined): string | undefined {
  return text && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? mondayOf(text) : undefined;
}

export function weeksFrom(monday: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => weeksLater(monday, i));
}

const weekday = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const planned = new Set<Schema['RolloutState']>(['draft', 'awaiting_approval', 'scheduled']);
export interface Cell {
  words: string;
  tone: 'busy' | 'calm' | 'warn' | 'none';
}

// What a rollout does in the week that begins on that Monday. A plan without a date stands in the present week, and so
// does one whose date went by while it waits for approval.
export function inWeek(rollout: Rollout, monday: string, now: Date): Cell {
  const nothing: Cell = { words: '', tone: 'none' };
  const next = weeksLater(monday, 1);
  const has = (at: string) => {
    const day = dayOf(new Date(at));
    return day >= monday && day < next;
  };
  const present = dayOf(now) >= monday && dayOf(now) < next;
  if (!rollout.started) {
    const due = rollout.starts_at && new Date(rollout.starts_at) > now ? rollout.starts_at : null;
    if (!planned.has(rollout.state) || !(due ? has(due) : present)) return nothing;
    const said = due ? `starts ${weekday[new Date(due).getDay()]} ${clock(new Date(due))}` : 'planned';
    return { words: rollout.state === 'awaiting_approval' ? `${said}, waits for approval` : said, tone: 'warn' };
  }
  const began = dayOf(new Date(rollout.started));
  const last = dayOf(rollout.ended ? new Date(rollout.ended) : now);
  if (began >= next || last < monday) return nothing;
  const said: string[] = [];
  if (has(rollout.started)) said.push(`started ${weekday[new Date(rollout.started).getDay()]}`);
  if (rollout.ended && has(rollout.ended)) said.push(`ended ${weekday[new Date(rollout.ended).getDay()]}`);
  if (!rollout.ended && present) said.push(rollout.state === 'settled' ? 'every device has its outcome' : rollout.state.replaceAll('_', ' '));
  return { words: said.join(', ') || 'went on', tone: rollout.ended ? 'calm' : 'busy' };
}

// Those that have a place in some of these weeks, the plans first, then the newest.
export function inView<T extends Rollout>(rollouts: T[], weeks: string[], now: Date): T[] {
  const here = rollouts.filter((rollout) => weeks.some((week) => inWeek(rollout, week, now).tone !== 'none'));
  const order = (rollout: T) => (rollout.started ? 1 : 0);
  return here.sort((a, b) => order(a) - order(b) || (b.started ?? b.created).localeCompare(a.started ?? a.created));
}

type Span = { from: string; to: string };
const short = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const clock = (at: Date) => `${two(at.getHours())}:${two(at.getMinutes())}`;
const startOf = (day: string) => new Date(`${day}T00:00:00`);

// The span that a calendar of these weeks asks for.
export function spanOf(weeks: string[]): { from: string; to: string } {
  return { from: startOf(weeks[0]!).toISOString(), to: startOf(weeksLater(weeks.at(-1)!, 1)).toISOString() };
}

// When a window is open, or a freeze holds, in the week that begins on that Monday: on the viewer's clock.
export function timesInWeek(times: Span[], monday: string): string {
  const [begin, end] = [startOf(monday), startOf(weeksLater(monday, 1))];
  const here = times.map((each) => ({ from: new Date(each.from), to: new Date(each.to) })).filter(({ from, to }) => from < end && to > begin);
  const first = here[0];
  if (!first) return '';
  if (here.length === 1) {
    const [before, after] = [first.from <= begin, first.to >= end];
    if (before && after) return 'the whole week';
    if (before) return `until ${short[first.to.getDay()]} ${clock(first.to)}`;
    if (after) return `from ${short[first.from.getDay()]} ${clock(first.from)} on`;
    return first.from.toDateString() === first.to.toDateString() ? `${short[first.from.getDay()]} ${clock(first.from)}–${clock(first.to)}` : `${short[first.from.getDay()]} ${clock(first.from)} – ${short[first.to.getDay()]} ${clock(first.to)}`;
  }
  // Of the same hours on some days: the days.
  const whole = here.filter(({ from }) => from >= begin);
  const hours = new Set(whole.map(({ from, to }) => `${clock(from)}–${clock(to)}`));
  if (hours.size === 1) {
    const days = [...new Set(whole.map(({ from }) => from.getDay()))];
    return `${days.length === 7 ? 'each day' : days.map((day) => short[day]).join(', ')} ${[...hours][0]}`;
  }
  return `${here.length} times, the first ${short[first.from.getDay()]} ${clock(first.from)}–${clock(first.to)}`;
}

// Which updates come due in that week.
export function dueInWeek<T extends { due?: string | null }>(fixes: T[], monday: string): T[] {
  const next = weeksLater(monday, 1);
  return fixes.filter((fix) => {
    const day = fix.due ? dayOf(new Date(fix.due)) : '';
    return day >= monday && day < next;
  });
}
