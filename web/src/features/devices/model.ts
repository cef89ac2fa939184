// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';

// What stands under the query bar while somebody types.
export function previewText(preview: Schema['QueryPreview']): string {
  if (preview.error) return `Column ${preview.error.column}: ${preview.error.message}`;
  const unknown = preview.unknown > 0 ? `; for ${preview.unknown.toLocaleString('en-US')} it cannot be told` : '';
  return `${preview.count.toLocaleString('en-US')} device${preview.count === 1 ? '' : 's'} would match${unknown}`;
}

// Facts in the order in which people look for them; the rest by name.
const first = ['serial', 'model', 'firmware_version', 'os_version', 'patch_level', 'site', 'zone', 'owner', 'criticality', 'exposure'];
export function sortFacts<T extends { key: string }>(facts: T[]): T[] {
  const place = (fact: T) => (first.includes(fact.key) ? first.indexOf(fact.key) : first.length);
  return [...facts].sort((a, b) => place(a) - place(b) || a.key.localeCompare(b.key));
}
