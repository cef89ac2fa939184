// SPDX-License-Identifier: Apache-2.0
// What a rehearsal says on the page of a plan: rows, and the picture of patched devices over time. Pure.
import type { Schema } from '../../shared/api/client';
import { counted, grouped } from '../../shared/format';

export type Rehearsal = Schema['Rehearsal'];
type Spread = Rehearsal['bad_releases'][number]['restarted'];

// As the command line says it: "40 s", "35 min", "5.5 h", "2.1 days".
export function span(seconds: number): string {
  const tenth = (value: number) => String(Math.round(value * 10) / 10);
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3_600) return `${tenth(seconds / 3_600)} h`;
  return `${tenth(seconds / 86_400)} days`;
}

export function percent(share: number): string {
  const hundred = share * 100;
  return `${hundred >= 10 ? Math.round(hundred) : Math.round(hundred * 10) / 10} %`;
}

function pair(median: string, most: string): string {
  return median === most ? median : `${median} (${most})`;
}
const spread = (of: Spread) => pair(grouped(of.median), grouped(of.nine_of_ten));

export interface Row {
  what: string;
  value: string;
}

// How long it takes; in brackets what nine of ten runs kept to.
export function timeRows(rehearsal: Rehearsal): Row[] {
  const days = `not within ${counted(rehearsal.conditions.days, 'day')}`;
  return [
    ...rehearsal.patched.map((each) => ({
      what: `${Math.round(each.share * 100)} % patched after`,
      value: each.median_seconds === null ? days : pair(span(each.median_seconds), each.nine_of_ten_seconds === null ? 'not reached' : span(each.nine_of_ten_seconds)),
    })),
    { what: 'Device-days that stay open', value: `${grouped(rehearsal.exposure.device_days)} of ${grouped(rehearsal.exposure.device_days_without)}` },
    { what: 'Downloads begun, at most', value: `${rehearsal.load.downloads_per_second.toFixed(2)} each second, ${grouped(rehearsal.load.downloading_at_once)} at once` },
  ];
}

export interface BadRow {
  fails: string;
  halted: string;
  after: string;
  reaches: string;
  broken: string;
  gone: string;
}
export function badRows(rehearsal: Rehearsal): BadRow[] {
  return rehearsal.bad_releases.map((bad) => {
    const none = bad.halted === 0;
    return {
      fails: percent(bad.failure_rate),
      halted: `${bad.halted} of ${counted(bad.runs, 'run')}`,
      after: none ? '–' : pair(span(bad.seconds.median), span(bad.seconds.nine_of_ten)),
      reaches: none ? grouped(bad.restarted_at_most) : spread(bad.restarted),
      broken: none ? '–' : spread(bad.broken),
      gone: none ? '–' : spread(bad.gone),
    };
  });
}

// ECharts' option: the share that is patched, over hours or days.
export function curve(rehearsal: Rehearsal) {
  const last = rehearsal.curve.at(-1)?.seconds ?? 0;
  const inDays = last > 3 * 86_400;
  const unit = inDays ? 86_400 : 3_600;
  return {
    grid: { left: 48, right: 16, top: 24, bottom: 40 },
    xAxis: { type: 'value', name: inDays ? 'days' : 'hours', nameLocation: 'middle', nameGap: 26, min: 0 },
    yAxis: { type: 'value', min: 0, max: 100, axisLabel: { formatter: '{value} %' } },
    tooltip: { trigger: 'axis', valueFormatter: (value: number) => `${value} %` },
    series: [{ name: 'patched', type: 'line', symbol: 'none', areaStyle: { opacity: 0.15 }, data: rehearsal.curve.map((point) => [Math.round((point.seconds / unit) * 100) / 100, Math.round(point.patched_share * 1_000) / 10]) }],
  };
}

// Of a plan that is not under way.
export function mayRehearse(state: Schema['Rollout']['state'], permissions: readonly string[]): boolean {
  return ['draft', 'awaiting_approval', 'scheduled'].includes(state) && permissions.includes('rollout.create');
}
