// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';
import { grouped, relative } from '../../shared/format';
import { both, literal } from '../../shared/query';

// What stands under the query bar while somebody types; `shift`: how far the query was moved to be asked within a scope.
export function previewText(preview: Schema['QueryPreview'], shift = 0): string {
  if (preview.error) return `Column ${preview.error.column - shift}: ${preview.error.message}`;
  const unknown = preview.unknown > 0 ? `; for ${grouped(preview.unknown)} it cannot be told` : '';
  return `${grouped(preview.count)} device${preview.count === 1 ? '' : 's'} would match${unknown}`;
}

// Facts in the order in which people look for them; the rest by name.
const first = ['serial', 'model', 'firmware_version', 'os_version', 'patch_level', 'site', 'zone', 'owner', 'criticality', 'exposure'];
export function sortFacts<T extends { key: string }>(facts: T[]): T[] {
  const place = (fact: T) => (first.includes(fact.key) ? first.indexOf(fact.key) : first.length);
  return [...facts].sort((a, b) => place(a) - place(b) || a.key.localeCompare(b.key));
}

// The zone that its clock is in, as far as somebody or it said so.
export function zoneOf(device: { facts: { key: string; value: string }[] }): string | undefined {
  return device.facts.find((fact) => fact.key === 'timezone')?.value || undefined;
}

// What no query can name, in words.
const parts: Record<string, string> = {
  unknown: 'of which it cannot be told whether they match',
  no_software: 'that report no software, and to whose firmware no SBOM is attached',
  not_assessed: 'of whose software no part could be assessed',
  partly_assessed: 'with parts that could not be assessed, beside what could',
  unsupported: 'that are or run what its maker mends no longer',
  unclear: 'of which nothing is known to be open, and for some component the data does not say',
  without_fix: 'that are exposed, and that no update at hand helps',
  fixable: 'that are open to something exploited and have a fix at hand',
  affected: 'that are exposed, or were offered an update',
  fix_exists: 'that are exposed and have a fix, or were offered an update',
  in_rollout: 'that an approved rollout reaches, or that were offered an update',
};
export function partWords(part: string): string {
  return parts[part] ?? 'that the server knows by another word';
}

// How much of a list stands there, behind how long it is: all of it, what matches, or the first of it.
export function shownWords(shown: number, total: number, most: number, name: string): string {
  if (shown >= total) return '';
  const matching = name ? ` with “${name}” in the name` : ', by name';
  return shown >= most ? `; shown are the first ${grouped(shown)}${matching}` : `; shown ${shown === 1 ? 'is' : 'are'} ${grouped(shown)}${matching}`;
}

// A query that asks for one value more.
export function narrowed(query: string | undefined, key: string, value: string | null): string {
  return both(query, value === null ? `not exists(${key})` : `${key} = ${literal(value)}`)!;
}

// What the latest update did, in a sentence; the device's own words are shown beneath.
export function updateSentence(deployment: Schema['Deployment'], now: number): string {
  const release = `${deployment.release.name} ${deployment.release.version}`;
  const when = relative(deployment.state_at, now);
  const reason = deployment.reason === 'none' ? '' : `: ${deployment.reason.replaceAll('_', ' ')}`;
  const back = deployment.is_rollback ? 'The return' : 'The update';
  switch (deployment.state) {
    case 'verified':
      return `${back} to ${release} was verified ${when}.`;
    case 'rolled_back':
      return `${back} to ${release} fell back ${when}${reason}. It runs ${deployment.version_after ?? 'what it ran before'}.`;
    case 'failed':
    case 'expired':
      return `${back} to ${release} failed ${when}${reason}.`;
    case 'silent':
      return `Nothing was heard of ${back.toLowerCase()} to ${release} since ${when}.`;
    case 'withdrawn':
    case 'superseded':
      return `${back} to ${release} was ${deployment.state} ${when}.`;
    case 'downloading':
      return `${back} to ${release} is downloading: ${deployment.progress_percent} %.`;
    default:
      return `${back} to ${release} is ${deployment.state.replaceAll('_', ' ')} since ${when}.`;
  }
}

// The tab that the URL names, or the first.
export const tabs = ['now', 'findings', 'software', 'updates', 'history', 'facts'] as const;
export type TabName = (typeof tabs)[number];
export function tabOf(text: string | undefined): TabName {
  return tabs.find((tab) => tab === text) ?? 'now';
}

// What people state of one device on its page, in this order; what it reports itself is not theirs to set.
export const stated = ['owner', 'site', 'criticality', 'exposure'] as const;

type Facts = Pick<Schema['Device'], 'facts' | 'group'>;
export function valueOf(device: Pick<Facts, 'facts'>, key: string): string {
  return device.facts.find((fact) => fact.key === key && !fact.assumed)?.value ?? '';
}
export function tagsOf(device: Pick<Facts, 'facts'>): string[] {
  return device.facts.map((fact) => fact.key).filter((key) => key.startsWith('tag.')).sort();
}

// Only what is different is sent, so that nothing that was inherited or reported becomes a person's word by the way; empty takes back
// what a person stated. Nothing: nothing was changed.
export function deviceChange(device: Facts, form: FormData): { facts?: Record<string, string | null>; group?: string | null } | null {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const facts: Record<string, string | null> = {};
  for (const key of [...stated, ...tagsOf(device)]) if (form.has(key) && text(key) !== valueOf(device, key)) facts[key] = text(key) || null;
  if (text('new tag')) facts[`tag.${text('new tag')}`] = text('new value') || null;
  const moved = form.has('group') && text('group') !== (device.group?.id ?? '');
  const change = { ...(Object.keys(facts).length > 0 ? { facts } : {}), ...(moved ? { group: text('group') || null } : {}) };
  return Object.keys(change).length > 0 ? change : null;
}
