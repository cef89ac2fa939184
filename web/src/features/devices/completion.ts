// SPDX-License-Identifier: Apache-2.0
// What a query may become while somebody types it. Pure; tested as a table.
import { literal } from '../../shared/query';

// The fields of docs/reference/query.md.
export const fields = ['serial', 'name', 'kind', 'manufacturer', 'model', 'platform', 'site', 'zone', 'owner', 'timezone', 'protocol', 'os_version', 'firmware_version', 'running_version', 'kernel', 'hw_revision', 'patch_level', 'support_end', 'first_seen', 'last_seen', 'cadence', 'criticality', 'exposure', 'safety_critical', 'unattended', 'hold', 'revoked', 'clone', 'enrolled', 'rollout', 'address', 'lifecycle', 'group', 'deployment', 'finding', 'kev', 'overdue', 'cannot_tell'];
// Whose name alone is a condition.
const flags = ['kev', 'overdue', 'cannot_tell'];
const known: Record<string, string[]> = {
  criticality: ['low', 'medium', 'high', 'critical'],
  exposure: ['isolated', 'internal', 'internet'],
  lifecycle: ['pending', 'active', 'quiet', 'retired', 'unmanaged'],
  deployment: ['none', 'offered', 'downloading', 'installing', 'soaking', 'verified', 'failed', 'rolled_back', 'silent'],
  hold: ['yes', 'no'],
};
// Fields of which the server counts the values.
const counted = ['kind', 'manufacturer', 'model', 'platform', 'site', 'zone', 'owner', 'os_version', 'firmware_version', 'patch_level', 'protocol'];

// What is being typed at the end of a query: a field, or a value of a field.
export function typing(query: string): { before: string; field: string | null; word: string } | null {
  const value = /^(.*?\b(\w+)\s*(?:!=|<=|>=|=|<|>)\s*)("(?:[^"\\]|\\.)*|[\w.-]*)$/s.exec(query);
  if (value) return { before: value[1]!, field: value[2]!.toLowerCase(), word: value[3]!.replace(/^"/, '') };
  const field = /^((?:.*(?:\band\b|\bor\b|\bnot\b|\())?\s*)(\w+)$/is.exec(query);
  return field ? { before: field[1]!, field: null, word: field[2]! } : null;
}
// The field whose values the server has to be asked for.
export function valuesOf(query: string): string | null {
  const field = typing(query)?.field ?? null;
  return field !== null && counted.includes(field) ? field : null;
}
// Whole queries that what was typed may become.
export function completions(query: string, values: string[]): string[] {
  const at = typing(query);
  if (!at) return [];
  const begins = (text: string) => text.toLowerCase().startsWith(at.word.toLowerCase()) && text.toLowerCase() !== at.word.toLowerCase();
  if (at.field === null) return fields.filter(begins).map((field) => at.before + (/exists\($/.test(at.before) ? `${field})` : flags.includes(field) ? field : `${field} = `));
  return (known[at.field] ?? values).filter(begins).slice(0, 20).map((value) => at.before + literal(value));
}
