// SPDX-License-Identifier: Apache-2.0
// Picture E: which versions the devices of a model ran on each day. Pure; tested as tables.
import type { Schema } from '../../shared/api/client';
import { counted, grouped, percent } from '../../shared/format';

export type Adoption = Schema['Adoption'];

export interface Series {
  key: string;
  words: string;
  kind: 'version' | 'others' | 'unknown';
}
export interface AdoptionDay {
  day: string;
  devices: number | null; // null: nothing was counted on that day
  counts: Record<string, number>; // by key of a series
}
export interface Picture {
  series: Series[]; // the newest version first; others and what is not known last
  days: AdoptionDay[];
  full: boolean; // of a day the models with most devices are kept: a gap may be one that was left out
}

const most = 6; // versions that an eye tells apart
const mostModels = 100; // of a day
const next = (day: string) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
const newestFirst = new Intl.Collator('en', { numeric: true });

// The versions that most devices ran on any of these days, and `always` this one; the rest are others. A day that was not
// counted stays a gap.
export function pictureOf(adoption: Adoption, always?: string): Picture {
  const highest = new Map<string, number>();
  for (const row of adoption.rows) if (row.version != null) highest.set(row.version, Math.max(highest.get(row.version) ?? 0, row.devices));
  const shown = [...highest]
    .sort(([a, on], [b, by]) => Number(b === always) - Number(a === always) || by - on || newestFirst.compare(b, a))
    .slice(0, most)
    .map(([version]) => version)
    .sort((a, b) => newestFirst.compare(b, a));
  const keyOf = (row: Adoption['rows'][number]) => (row.kind === 'unknown' ? 'unknown' : row.version != null && shown.includes(row.version) ? `v ${row.version}` : 'others');
  const byDay = new Map<string, AdoptionDay>();
  for (const row of adoption.rows) {
    const day = byDay.get(row.day) ?? { day: row.day, devices: 0, counts: {} };
    const key = keyOf(row);
    day.counts[key] = (day.counts[key] ?? 0) + row.devices;
    day.devices = (day.devices ?? 0) + row.devices;
    byDay.set(row.day, day);
  }
  const has = (key: string) => [...byDay.values()].some((day) => (day.counts[key] ?? 0) > 0);
  const series: Series[] = shown.map((version) => ({ key: `v ${version}`, words: version, kind: 'version' }));
  if (has('others')) series.push({ key: 'others', words: 'other versions', kind: 'others' });
  if (has('unknown')) series.push({ key: 'unknown', words: 'not known', kind: 'unknown' });
  const days: AdoptionDay[] = [];
  const first = adoption.rows[0]?.day;
  if (first) for (let day = first; day <= adoption.to; day = next(day)) days.push(byDay.get(day) ?? { day, devices: null, counts: {} });
  while (days.length > 0 && days.at(-1)!.devices === null) days.pop(); // today is counted soon
  return { series, days, full: adoption.models.length >= mostModels };
}

// "2026-11-26: 40 devices; 1.5.0 on 30 (75 %), not known on 10 (25 %)."
export function daySentence({ series, full }: Picture, day: AdoptionDay): string {
  if (day.devices === null) return full ? `${day.day}: nothing was counted, or this was not among the ${mostModels} models with most devices.` : `${day.day}: nothing was counted.`;
  if (day.devices === 0) return `${day.day}: no device.`;
  const parts = series.filter((each) => (day.counts[each.key] ?? 0) > 0).map((each) => `${each.words} on ${grouped(day.counts[each.key]!)} (${percent(day.counts[each.key]!, day.devices!)})`);
  return `${day.day}: ${counted(day.devices, 'device')}; ${parts.join(', ')}.`;
}

// What is kept of a day, and what is not.
export function keptSentence({ days, full }: Picture): string {
  return `Kept of each day from ${days[0]?.day ?? ''} on: the version of the firmware, else that of the device's system${full ? `, of the ${mostModels} models with most devices; others were left out` : ''}.`;
}

// How the newest day differs from the first, for one version.
export function moved({ days }: Picture, version: string): string | null {
  const counted_ = days.filter((day) => day.devices !== null);
  const first = counted_[0];
  const last = counted_.at(-1);
  if (!first || !last || first === last) return null;
  const by = (last.counts[`v ${version}`] ?? 0) - (first.counts[`v ${version}`] ?? 0);
  if (by === 0) return `As many run ${version} as on ${first.day}.`;
  return `${counted(Math.abs(by), 'device')} ${by > 0 ? 'more' : 'fewer'} ${Math.abs(by) === 1 ? 'runs' : 'run'} ${version} than on ${first.day}.`;
}

// Each version has a colour of its own by its place; what is not known is a frame without one.
const colors = ['#3d7ab5', '#c2701c', '#2e8b57', '#9158a8', '#a08420', '#c04a4a'];
export function lookOf(series: Series[], at: number): { color: string; framed: boolean } {
  const { kind } = series[at]!;
  return kind === 'version' ? { color: colors[at % colors.length]!, framed: false } : { color: '#8a8f98', framed: kind === 'unknown' };
}
