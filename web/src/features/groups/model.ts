// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';

export type HeatRow = Schema['HeatRow'];

// How warm a cell is: nothing, some, or much of its row. Unknown and quiet have a colour of their own; the number says the rest.
export function warmth(count: number, devices: number): 0 | 1 | 2 | 3 {
  if (count === 0 || devices === 0) return 0;
  const share = count / devices;
  return share < 0.1 ? 1 : share < 0.4 ? 2 : 3;
}

export function nameOf(row: HeatRow): string {
  return row.group?.name ?? row.site ?? 'no site';
}

// The quiet ones of a row, in the query language.
export function quietOf(row: HeatRow): string {
  return `${row.query} and lifecycle = quiet`;
}

export function heatSentence(rows: HeatRow[], by: 'group' | 'site'): string {
  const what = by === 'group' ? ['group', 'groups'] : ['site', 'sites'];
  const hit = rows.filter((row) => row.exploited > 0);
  const blind = rows.filter((row) => row.devices > 0 && row.cannot_tell === row.devices);
  const first = hit[0];
  const worst = first ? `${hit.length} of ${rows.length} ${rows.length === 1 ? what[0] : what[1]} ${hit.length === 1 ? 'has' : 'have'} devices open to something exploited, the most in ${nameOf(first)}.` : `No ${what[0]} has a device that is known to be open to something exploited.`;
  const unseen = blind.length > 0 ? ` Of ${blind.length} nothing can be told.` : '';
  return worst + unseen;
}

type Group = Pick<Schema['Group'], 'name' | 'query' | 'defaults'>;
export const inherited = { owner: 'Owner', site: 'Site', criticality: 'How critical', exposure: 'How exposed' } as const;

// What is different of a group. Its defaults are sent whole, since the server replaces them whole: those that the form does not show are
// kept as they are. Nothing: nothing was changed.
export function groupChange(group: Group, form: FormData): Schema['GroupPatch'] | null {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const change: Schema['GroupPatch'] = {};
  if (text('name') !== group.name) change.name = text('name');
  if (group.query !== null && form.has('query') && text('query') !== group.query) change.query = text('query');
  const defaults = { ...group.defaults };
  for (const key of Object.keys(inherited)) {
    if (text(key)) defaults[key] = text(key);
    else delete defaults[key];
  }
  if (JSON.stringify(Object.entries(defaults).sort()) !== JSON.stringify(Object.entries(group.defaults).sort())) change.defaults = defaults;
  return Object.keys(change).length > 0 ? change : null;
}
