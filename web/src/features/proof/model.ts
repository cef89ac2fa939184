// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';
import { counted, days, grouped } from '../../shared/format';

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
