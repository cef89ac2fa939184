// SPDX-License-Identifier: Apache-2.0
// What a list of devices can show, and what it shows unless somebody chose others.
export const columnTitles = {
  model: 'Model',
  version: 'Version',
  patch_level: 'Patch level',
  serial: 'Serial',
  kind: 'Kind',
  manufacturer: 'Manufacturer',
  platform: 'Platform',
  site: 'Site',
  zone: 'Zone',
  owner: 'Owner',
  group: 'Group',
  criticality: 'Criticality',
  exposure: 'Exposure',
  state: 'State',
  open: 'Open',
  exploited: 'Exploited',
  cannot_tell: 'Cannot tell',
  risk: 'Risk',
  seen: 'Seen',
} as const;
export type ColumnName = keyof typeof columnTitles;
export const columnNames = Object.keys(columnTitles) as ColumnName[];
const usual: ColumnName[] = ['model', 'version', 'site', 'owner', 'group', 'criticality', 'exposure', 'state', 'open', 'exploited', 'risk', 'seen'];

// The columns that the URL names, in their one order; the usual ones when it names none that exist.
export function columnsOf(text: string | undefined): ColumnName[] {
  const asked = new Set(text?.split(','));
  const chosen = columnNames.filter((name) => asked.has(name));
  return chosen.length > 0 ? chosen : usual;
}

// What the URL says for these columns: nothing for the usual ones.
export function columnsText(columns: ColumnName[]): string | undefined {
  const ordered = columnNames.filter((name) => columns.includes(name)).join(',');
  return ordered === usual.join(',') || ordered === '' ? undefined : ordered;
}
