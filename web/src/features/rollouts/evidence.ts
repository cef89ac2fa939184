// SPDX-License-Identifier: Apache-2.0
// The gate's picture (F): failures seen against the line that halts and the line that lets the next wave open.
import type { Schema } from '../../shared/api/client';
import { counted, grouped } from '../../shared/format';
import { share } from './model';

export type Evidence = NonNullable<Schema['Rollout']['evidence']>;
type Line = Evidence['lines'][number];

// What the picture shows, in a sentence: where the rollout stands between its lines. `next`: another wave comes.
export function standing(evidence: Evidence, next: boolean): string {
  const { devices, failed, pending } = evidence;
  if (devices === 0) return 'No device has begun yet.';
  const begun = `${grouped(failed)} of ${counted(devices, 'device')} failed, fell back or went silent`;
  const open = pending === 0 ? '' : `; ${counted(pending, 'device')} under way`;
  const halts = evidence.lines.find((line) => line.devices >= devices)?.halts_at;
  const halt = halts === undefined || halts > devices ? '' : `. It halts at about ${grouped(halts)}`;
  const proven = next ? evidence.lines.find((line) => line.proves_up_to !== null && line.proves_up_to >= failed) : undefined;
  const proof = proven === undefined ? '' : `; with no more failures, it takes about ${counted(proven.devices, 'device')} to be clear that at most ${share(evidence.tolerated_failure_ppm)} fail`;
  return `${begun}${open}${halt}${proof}.`;
}

// The rule behind the lines, with the numbers of the plan.
export function whyLines(plan: Schema['Plan'], wave: number): string[] {
  const gate = plan.waves[wave]?.gate;
  if (!gate) return [];
  return [
    `The plan tolerates that ${share(gate.tolerated_failure_ppm)} fail, fall back or go silent.`,
    `Upper line: so many failures are too many for chance. A release that is good enough is halted wrongly at most ${share(gate.halt_error_ppm ?? 10_000)} of the time, however often one looks.`,
    `Lower line: so few failures are too few for chance. A release that is too bad goes on at most ${share(gate.proceed_error_ppm ?? 50_000)} of the time.`,
    'Devices under way count as good for the upper line and as failed for the lower one.',
    ...(gate.hard_stop ? [`Whatever the lines say, ${grouped(gate.hard_stop)} failures halt it.`] : []),
  ];
}

export function haltsAt(line: Line): string {
  return line.halts_at > line.devices ? '–' : grouped(line.halts_at);
}
export function provesUpTo(line: Line): string {
  return line.proves_up_to === null ? '–' : grouped(line.proves_up_to);
}

interface Point {
  value: [number, number];
}
const points = (pairs: [number, number][]): Point[] => pairs.map((value) => ({ value }));

// ECharts' option. Words stand at the ends of the lines, so that no colour has to be told from another.
export function picture(evidence: Evidence, next: boolean) {
  const halts = evidence.lines.filter((line) => line.halts_at <= line.devices).map((line): [number, number] => [line.devices, line.halts_at]);
  const proves = evidence.lines.flatMap((line): [number, number][] => (line.proves_up_to === null ? [] : [[line.devices, line.proves_up_to]]));
  const line = (name: string, color: string, data: [number, number][], type: 'solid' | 'dashed') => ({
    name,
    type: 'line',
    data: points(data),
    step: 'end',
    symbol: 'none',
    lineStyle: { color, type, width: 2 },
    endLabel: { show: data.length > 0, formatter: name, color },
  });
  const dot = (name: string, value: [number, number], fill: string) => ({
    name,
    type: 'line',
    data: points([value]),
    symbol: 'circle',
    symbolSize: 12,
    itemStyle: { color: fill, borderColor: '#3d7ab5', borderWidth: 2 },
    label: { show: true, position: 'top', formatter: name },
  });
  const { devices, failed, pending } = evidence;
  return {
    grid: { left: 45, right: 110, top: 25, bottom: 40 },
    tooltip: { trigger: 'item' },
    xAxis: { type: 'value', name: 'devices that began', nameLocation: 'middle', nameGap: 25, min: 0, max: evidence.lines.at(-1)?.devices ?? devices, minInterval: 1 },
    yAxis: { type: 'value', name: 'failures', min: 0, minInterval: 1 },
    series: [
      line('halts', '#c0392b', halts, 'solid'),
      ...(next ? [line('goes on', '#2e8b57', proves, 'dashed')] : []),
      ...(devices === 0 ? [] : [dot('now', [devices, failed], '#3d7ab5')]),
      ...(pending === 0 || devices === 0 ? [] : [dot('if all under way fail', [devices, failed + pending], 'transparent')]),
    ],
  };
}
