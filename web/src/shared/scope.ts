// SPDX-License-Identifier: Apache-2.0
// What part of the fleet every page is about: a query in the URL that all links keep.
import { useSearch } from '@tanstack/react-router';
import { Problem } from './api/client';
import { both, literal, shift } from './query';

export function scopeOf(field: 'group' | 'site' | 'zone' | 'tag.region', name: string): string {
  return `${field} = ${literal(name)}`;
}

// "group Plant 3" of the query that a choice made; of one that somebody wrote, the query.
export function scopeWords(scope: string): string {
  const made = /^(group|site|zone|tag\.region) = (?:"((?:[^"\\]|\\.)*)"|([\w.-]+))$/.exec(scope);
  return made ? `${made[1]!.replace('tag.', '')} ${made[2] !== undefined ? made[2].replace(/\\(.)/g, '$1') : made[3]}` : scope;
}

export function useScope(): { scope: string | undefined; narrow: (query?: string) => string | undefined } {
  const { scope } = useSearch({ strict: false }) as { scope?: string };
  return { scope, narrow: (query) => both(query, scope) }; // the query first, so that its mistakes keep their columns
}

// A mistake in what somebody typed is told at its own column, not at the one that it had within the scope.
export async function atOwnColumn<T>(query: string | undefined, scope: string | undefined, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const column = error instanceof Problem ? /^column (\d+)$/.exec(error.where ?? '') : null;
    if (!(error instanceof Problem) || !column) throw error;
    throw new Problem(error.status, error.kind, error.message, `column ${Number(column[1]) - shift(query, scope)}`, error.id);
  }
}
