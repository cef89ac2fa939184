// SPDX-License-Identifier: Apache-2.0
// What the figures of the days say: how they went, and what moved them.
import { counted, grouped } from '../../shared/format';
import type { Schema } from '../../shared/api/client';

export type Figures = Schema['Figures'];
export type DayFigures = Schema['DayFigures'];
export type Mark = Schema['Mark'];

export interface Day {
  day: string;
  figures: DayFigures | null; // null: nothing was counted on that day
  marks: Mark[];
}

const DAY = 86_400_000;

function next(day: string): string {
  return new Date(Date.parse(day) + DAY).toISOString().slice(0, 10);
}

// Every day that was asked for since counting began, those without figures too: a gap stays a gap.
export function daysOf(figures: Figures): Day[] {
  const byDay = new Map(figures.days.map((each) => [each.day, each]));
  const days: Day[] = [];
  if (!figures.first_day) return days;
  for (let day = figures.from > figures.first_day ? figures.from : figures.first_day; day <= figures.to; day = next(day))
    days.push({ day, figures: byDay.get(day) ?? null, marks: figures.marks.filter((mark) => mark.at.slice(0, 10) === day) });
  return days;
}

// What was verified in the seven days up to each day.
export function verifiedInWeek(days: Day[]): (number | null)[] {
  return days.map((each, i) => (each.figures ? days.slice(Math.max(0, i - 6), i + 1).reduce((sum, one) => sum + (one.figures?.verified ?? 0), 0) : null));
}

// What was verified in the seven days up to now, whether today was counted yet or not; null: no day ever was.
export function verifiedNow(days: Day[]): number | null {
  return days.length === 0 ? null : days.slice(-7).reduce((sum, one) => sum + (one.figures?.verified ?? 0), 0);
}

export interface Trend {
  values: (number | null)[];
  words: string;
}

// How a figure went since the first of the days, in words. One that was counted on one day only has no trend.
export function trend(days: Day[], values: (number | null)[]): Trend {
  const known = values.map((value, i) => ({ value, day: days[i]!.day })).filter((each): each is { value: number; day: string } => each.value !== null);
  const first = known[0];
  const last = known[known.length - 1];
  if (!first || !last) return { values, words: 'not counted yet' };
  if (known.length === 1) return { values, words: first.day === days[days.length - 1]?.day ? 'counted since today' : `counted on ${first.day} only` };
  const by = last.value - first.value;
  const since = `since ${first.day}`;
  if (by === 0) return { values, words: `unchanged ${since}` };
  return { values, words: `${grouped(Math.abs(by))} ${by > 0 ? 'more' : 'fewer'} ${since}` };
}

// What moved the risk on a day.
export function moved(days: Day[], i: number): string {
  const { day, figures, marks } = days[i]!;
  const happened = marks.map((mark) => ` ${mark.sentence}`).join('');
  if (!figures) return `${day}: nothing was counted.${happened}`;
  const before = days.slice(0, i).reverse().find((each) => each.figures)?.figures;
  const said = `${day}: ${counted(figures.risk, 'point')} of risk`;
  if (!before) return `${said}.${happened}`;
  const by = Math.round(figures.risk) - Math.round(before.risk);
  const since = before.day === days[i - 1]?.day ? 'the day before' : before.day;
  const change = by === 0 ? `as on ${since}` : `${grouped(Math.abs(by))} ${by > 0 ? 'more' : 'less'} than on ${since}`;
  const devices = figures.devices - before.devices;
  const fleet = devices === 0 ? '' : `, with ${counted(Math.abs(devices), 'device')} ${devices > 0 ? 'more' : 'fewer'}`;
  const verified = figures.verified > 0 ? ` ${counted(figures.verified, 'update')} verified.` : '';
  return `${said}, ${change.replace('on the day', 'the day')}${fleet}.${verified}${happened}`;
}

// How marks are drawn: the gravest of a day stands for it.
const SHAPES: [Mark['kind'], string, string][] = [
  ['exploited', 'triangle', '#c0392b'],
  ['rollout started', 'circle', '#2e7d4f'],
  ['rollout ended', 'circle', '#2e7d4f'],
  ['feed', 'diamond', '#8a6d1a'],
  ['devices', 'diamond', '#8a6d1a'],
];
export function shapeOf(marks: Mark[]): { symbol: string; color: string } | null {
  for (const [kind, symbol, color] of SHAPES) if (marks.some((mark) => mark.kind === kind)) return { symbol, color };
  return null;
}
