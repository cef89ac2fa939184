// SPDX-License-Identifier: Apache-2.0
// One device in place of another. Pure; tested as tables.
import type { Schema } from '../../shared/api/client';

type Hit = Schema['SearchResults']['items'][number];

// Which of the hits may take its place: devices, and not itself. What else speaks against one, the server says.
export function candidates(hits: Hit[], old: string): Hit[] {
  return hits.filter((hit) => hit.kind === 'device' && hit.id !== old).slice(0, 8);
}

// The same on the command line.
export function replaceCommand(old: string, by: string): string {
  return `oakum device replace ${old} ${by}`;
}

// The other unit of a place, as its facts name it.
export interface Link {
  words: string;
  id: string;
}
const links: [string, string][] = [
  ['x.replaced_by', 'its place was taken by'],
  ['x.replaces', 'it took the place of'],
];
export function linksOf(facts: { key: string; value: string }[]): Link[] {
  return links.flatMap(([key, words]) => facts.filter((fact) => fact.key === key && /^[0-9a-z]{26}$/.test(fact.value)).map((fact) => ({ words, id: fact.value })));
}
