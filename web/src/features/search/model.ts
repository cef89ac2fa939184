// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';

export type Results = Schema['SearchResults'];
export type Hit = Results['items'][number];
export interface Target {
  to: string;
  params?: Record<string, string>;
  search?: Record<string, string>;
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"*]/g, '\\$&')}"`;
}

// Where a hit leads.
export function target(hit: Pick<Hit, 'kind' | 'id' | 'title'>): Target {
  switch (hit.kind) {
    case 'advisory':
      return { to: '/vulnerabilities/$id', params: { id: hit.id } };
    case 'device':
      return { to: '/devices/$id', params: { id: hit.id } };
    case 'release':
      return { to: '/releases/$id', params: { id: hit.id } };
    case 'rollout':
      return { to: '/rollouts/$id', params: { id: hit.id } };
    case 'group':
      return { to: '/devices', search: { query: `group = ${quoted(hit.title)}` } };
    case 'site':
    case 'model':
      return { to: '/devices', search: { query: `${hit.kind} = ${quoted(hit.id)}` } };
    case 'component':
      return { to: '/devices', search: { query: `component(${quoted(hit.id)})` } };
  }
}

const kinds: Record<Hit['kind'], string> = { advisory: 'vulnerability', device: 'device', group: 'group', site: 'site', model: 'model', release: 'release', rollout: 'rollout', component: 'component' };
export function kindWord(kind: Hit['kind']): string {
  return kinds[kind];
}
const matches: Record<Hit['match'], string> = { exact: 'is called so', prefix: 'begins so', within: 'holds it' };
export function matchWords(match: Hit['match']): string {
  return matches[match];
}

// What the key Enter does when no line was chosen: what is called exactly so, the only hit there is, the page of an advisory that nobody holds (it says
// so, with the newest record's date), else the list; nothing at all is said where it was typed.
export function onEnter(results: Results, text: string): Target | 'nothing' {
  const first = results.items[0];
  if (results.not_held) return { to: '/vulnerabilities/$id', params: { id: results.not_held.id } };
  if (!first) return 'nothing';
  const second = results.items[1];
  if ((first.match === 'exact' && second?.match !== 'exact') || (!second && results.left_out === 0) || (first.kind === 'advisory' && first.match === 'exact')) return target(first);
  return { to: '/search', search: { search: text } };
}

// The line that is active after a key; -1: the box itself.
export function move(active: number, key: string, lines: number): number {
  if (key === 'ArrowDown') return active + 1 < lines ? active + 1 : -1;
  if (key === 'ArrowUp') return active < 0 ? lines - 1 : active - 1;
  return active;
}

export function found(results: Results): string {
  const shown = results.items.length;
  if (shown === 0) return results.not_held ? results.not_held.sentence : 'Nothing is named so.';
  return results.left_out > 0 ? `The best ${shown.toLocaleString('en-US')} of ${(shown + results.left_out).toLocaleString('en-US')}` : `${shown} found`;
}

// The devices among what was found: as a list they can be changed and grouped.
export function devicesOf(results: Results): string[] {
  return results.items.filter((hit) => hit.kind === 'device').map((hit) => hit.id);
}
