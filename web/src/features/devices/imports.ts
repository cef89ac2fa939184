// SPDX-License-Identifier: Apache-2.0
// What the import sheet says and sends: which column means what, how many change, what a line changes.
import type { Schema } from '../../shared/api/client';
import { counted, grouped } from '../../shared/format';

export type Result = Schema['DeviceImportResult'];
export type Column = Result['mapping'][number];
export type Chosen = Record<string, string | null>; // by head: what somebody chose

// What columns can mean, in the order in which people look for it.
export const meanings = ['serial', 'name', 'kind', 'manufacturer', 'model', 'platform', 'os_version', 'patch_level', 'firmware_version', 'hw_revision', 'address', 'x.mac', 'site', 'zone', 'owner', 'criticality', 'exposure', 'support_end', 'timezone', 'cadence', 'group', 'id'] as const;

// A key of one's own for a column that is none of ours: "Bay No." is x.bay_no.
export function ownKey(head: string): string {
  const word = head.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 40);
  return word ? `x.${word}` : 'x.column';
}

// The choices of one column: nothing, what it was taken for, a key of its own, everything else.
export function choices(column: Column): { value: string; title: string }[] {
  const own = ownKey(column.column);
  const all = [column.fact, own, ...meanings].filter((each): each is string => !!each);
  return [{ value: '', title: 'left out' }, ...[...new Set(all)].map((value) => ({ value, title: value === own ? `${value} (a fact of your own)` : value }))];
}

export const howText: Record<Column['how'], string> = { named: 'by its name', guessed: 'guessed', remembered: 'as last time', told: 'as you said', left_out: 'left out' };

// The parameter that tells the server; nothing when nothing was chosen.
export function columnsParameter(chosen: Chosen): string | undefined {
  return Object.keys(chosen).length === 0 ? undefined : JSON.stringify(chosen);
}

export function countsText(result: Result): string {
  const parts = [counted(result.new, 'new device'), `${grouped(result.changed)} changed`, `${grouped(result.unchanged)} unchanged`];
  const refused = result.refused > 0 ? `; ${counted(result.refused, 'line')} refused` : '';
  const kept = result.kept > 0 ? ` ${counted(result.kept, 'value')} not taken, since the device itself or a person says otherwise.` : '';
  const doubles = result.doubles > 0 ? ` ${counted(result.doubles, 'unmanaged device')} turned out to be known.` : '';
  return `${parts.join(', ')}${refused}.${kept}${doubles}`;
}

export function changesText(changes: { key: string; before: string | null; after: string | null }[]): string {
  return changes.map((change) => `${change.key}: ${change.before ? `${change.before} → ` : ''}${change.after ?? 'none'}`).join('; ');
}

export const underWay = (state: string) => state === 'running' || state === 'cancelling' || state === 'undoing';

// How many lines a running import is through.
export function throughOf(edit: Pick<Schema['Edit'], 'created' | 'changed' | 'unchanged' | 'refused' | 'total'>): number {
  const through = edit.created + edit.changed + edit.unchanged + edit.refused;
  return edit.total === 0 ? through : Math.min(through, edit.total); // 0: not known yet
}

// XML is told by its first character, as the server does.
export async function typeOf(file: Blob): Promise<string> {
  const head = await file.slice(0, 64).text();
  return /^\uFEFF?\s*</.test(head) ? 'application/xml' : 'text/csv';
}
