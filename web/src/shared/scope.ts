// SPDX-License-Identifier: Apache-2.0
// What part of the fleet every page is about: a query in the URL that all links keep.
import { useSearch } from '@tanstack/react-router';
import { both, literal } from './query';

export function scopeOf(field: 'group' | 'site' | 'zone', name: string): string {
  return `${field} = ${literal(name)}`;
}

// "group Plant 3" of the query that a choice made; of one that somebody wrote, the query.
export function scopeWords(scope: string): string {
  const made = /^(group|site|zone) = (?:"((?:[^"\\]|\\.)*)"|([\w.-]+))$/.exec(scope);
  return made ? `${made[1]} ${made[2] !== undefined ? made[2].replace(/\\(.)/g, '$1') : made[3]}` : scope;
}

export function useScope(): { scope: string | undefined; narrow: (query?: string) => string | undefined } {
  const { scope } = useSearch({ strict: false }) as { scope?: string };
  return { scope, narrow: (query) => both(query, scope) }; // the query first, so that its mistakes keep their columns
}
