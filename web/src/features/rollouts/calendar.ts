// SPDX-License-Identifier: Apache-2.0
// The calendar of rollouts: what ran, runs and waits in which week, in the viewer's zone. Pure; tested as a table.
import type { Schema } from '../../shared/api/client';

type Rollout = Pick<Schema['RolloutSummary'], 'state' | 'created' | 'started' | 'ended'>;

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

// What a rollout does in the week that begins on that Monday. A plan has no date yet: it stands in the present week.
export function inWeek(rollout: Rollout, monday: string, now: Date): Cell {
  const nothing: Cell = { words: '', tone: 'none' };
  const next = weeksLater(monday, 1);
  const has = (at: string) => {
    const day = dayOf(new Date(at));
    return day >= monday && day < next;
  };
  const present = dayOf(now) >= monday && dayOf(now) < next;
  if (!rollout.started) return planned.has(rollout.state) ? (present ? { words: rollout.state === 'awaiting_approval' ? 'planned, waits for approval' : 'planned', tone: 'warn' } : nothing) : nothing;
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
