// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';
import { counted, days, grouped, percent } from '../../shared/format';

type Windows = Schema['ExposureWindows'];
type AuditRecord = Schema['AuditRecord'];

const classes: Record<Windows['rows'][number]['class'], string> = {
  exploited: 'known to be exploited',
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  all: 'all',
};
export function className(name: Windows['rows'][number]['class']): string {
  return classes[name];
}

// The answer in a sentence, about what is exploited when there is any, else about all.
export function windowsSentence(windows: Pick<Windows, 'rows'>): string {
  const row = windows.rows.find((each) => each.class === 'exploited' && each.closed + each.open > 0) ?? windows.rows.find((each) => each.class === 'all');
  if (!row || row.closed + row.open === 0) return 'No hole was ever open on a device here.';
  const what = row.class === 'exploited' ? 'exploited hole' : 'hole';
  const open = row.open === 0 ? 'none is open' : `${grouped(row.open)} ${row.open === 1 ? 'is' : 'are'} still open, the oldest for ${days(row.longest_open_days)}`;
  return `Half of the ${what}s were or have been open for at most ${days(row.median_days)}, nine of ten for at most ${days(row.p90_days)}. ${counted(row.closed, what)} ${row.closed === 1 ? 'was' : 'were'} closed and verified; ${open}.`;
}

// What a record changed, key by key: values that stayed are left out.
export function changes(record: Pick<AuditRecord, 'before' | 'after'>): { key: string; before: string; after: string }[] {
  const before = (record.before ?? {}) as Record<string, unknown>;
  const after = (record.after ?? {}) as Record<string, unknown>;
  const text = (value: unknown) => (value === undefined || value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value));
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((key) => ({ key, before: text(before[key]), after: text(after[key]) }))
    .filter((row) => row.before !== row.after);
}

// The file that an export gives: the records as they are, so that anybody can recompute the chain.
export function exported(records: AuditRecord[], at: string): string {
  return JSON.stringify({ exported: at, records: records.length, head: records.at(-1)?.hash ?? null, items: records }, null, 1);
}

// "rollout 01m8..." is a link to that rollout; a long id is cut, and whole on hover.
export function subject(resource: string): { words: string; whole: string; page: '/devices/$id' | '/rollouts/$id' | '/releases/$id' | null; id: string } {
  const [kind = '', id = '', ...rest] = resource.split(' ');
  const pages = { device: '/devices/$id', rollout: '/rollouts/$id', release: '/releases/$id' } as const;
  const isId = rest.length === 0 && /^([0-9a-z]{26}|[0-9a-f]{64})$/.test(id);
  return {
    words: isId ? `${kind} …${id.slice(-6)}` : resource,
    whole: resource,
    page: isId && kind in pages ? pages[kind as keyof typeof pages] : null,
    id,
  };
}

type DayFigures = Schema['DayFigures'];
export interface Compared {
  what: string;
  before: string;
  after: string;
  change: string;
}
const measures: [string, keyof DayFigures][] = [
  ['Devices', 'devices'],
  ['Devices exposed', 'exposed'],
  ['Open to something exploited', 'exploited'],
  ['Overdue', 'overdue'],
  ['Cannot tell', 'cannot_tell'],
  ['Quiet', 'quiet'],
  ['Findings open', 'findings_open'],
  ['Points of risk', 'risk'],
];
// Two days side by side, figure by figure, and what was verified from the one to the other.
export function compared(before: DayFigures, after: DayFigures, between: DayFigures[]): Compared[] {
  const change = (by: number) => (by === 0 ? 'unchanged' : `${grouped(Math.abs(by))} ${by > 0 ? 'more' : 'fewer'}`);
  const rows = measures.map(([what, key]) => {
    const [a, b] = [Math.round(Number(before[key])), Math.round(Number(after[key]))];
    return { what, before: grouped(a), after: grouped(b), change: change(b - a) };
  });
  const verified = between.filter((day) => day.day > before.day && day.day <= after.day).reduce((sum, day) => sum + day.verified, 0);
  return [...rows, { what: 'Updates verified in between', before: '–', after: '–', change: grouped(verified) }];
}

// The figures of a day, or of the last one before it on which something was counted.
export function dayAt(days: DayFigures[], day: string): DayFigures | undefined {
  return days.filter((each) => each.day <= day).at(-1);
}

export function comparedSentence(before: DayFigures, after: DayFigures): string {
  const by = Math.round(after.risk) - Math.round(before.risk);
  const risk = by === 0 ? 'The risk is what it was' : `The risk ${by > 0 ? 'grew' : 'fell'} by ${percent(Math.abs(by), Math.round(before.risk))}`;
  const hit = after.exploited - before.exploited;
  const exploited = hit === 0 ? 'as many devices are open to something exploited' : `${counted(Math.abs(hit), 'device')} ${hit > 0 ? 'more' : 'fewer'} ${Math.abs(hit) === 1 ? 'is' : 'are'} open to something exploited`;
  return `${risk}; ${exploited}.`;
}

// The days that the URL names; without them a month up to today.
export function spanOf(from: string | undefined, to: string | undefined, now: Date): { from: string; to: string } {
  const day = (text: string | undefined) => (text && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : undefined);
  const end = day(to) ?? now.toISOString().slice(0, 10);
  const begin = day(from) ?? new Date(Date.parse(end) - 30 * 86_400_000).toISOString().slice(0, 10);
  return begin <= end ? { from: begin, to: end } : { from: end, to: begin };
}

// The month before, whole: what one is usually asked for.
export function monthBefore(now: Date): [string, string] {
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1));
  const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 0));
  return [first.toISOString().slice(0, 10), last.toISOString().slice(0, 10)];
}

// In one sentence: of those that came due, how many were kept in time.
export function deadlinesSentence(record: Pick<Schema['DeadlineRecord'], 'policy' | 'rows'>): string {
  const all = record.rows[0];
  const due = all ? all.kept + all.kept_late + all.overdue : 0;
  if (!all || due === 0) return `No deadline has come due by ${record.policy}.`;
  const aside = all.excepted > 0 ? ` ${counted(all.excepted, 'open finding')} excepted.` : '';
  return `By ${record.policy}, ${counted(due, 'deadline')} came due: ${grouped(all.kept)} kept in time, ${grouped(all.kept_late)} late, ${grouped(all.overdue)} overdue.${aside}`;
}
