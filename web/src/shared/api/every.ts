// SPDX-License-Identifier: Apache-2.0
// A list of which something has to be known whole, page by page, to a bound; what is beyond it is said, never left out without a word.
import { useQuery } from '@tanstack/react-query';
import { get, type Parameters, type Schema } from './client';

export interface Every<T> {
  items: T[];
  more: boolean; // there are more than were asked for
}
interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

export async function everyPage<T>(ask: (cursor: string | undefined) => Promise<Page<T>>, most: number): Promise<Every<T>> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && items.length < most);
  return { items, more: cursor !== undefined };
}

const MOST = 5000;

export function useEvery<T>(key: readonly unknown[], path: string, parameters: Parameters = {}, enabled = true, staleTime = 0) {
  return useQuery({ queryKey: [...key, 'every'], queryFn: ({ signal }) => everyPage((cursor) => get<Page<T>>(path, { ...parameters, cursor, limit: 500 }, signal), MOST), enabled, staleTime });
}

export function useGroups(enabled = true) {
  return useEvery<Schema['Group']>(['groups'], '/groups', {}, enabled, 30_000);
}
