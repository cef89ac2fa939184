// SPDX-License-Identifier: Apache-2.0
// A list that goes on when asked to: no page loads more than it shows.
import { useInfiniteQuery, type QueryKey } from '@tanstack/react-query';
import { get, type Parameters } from '../api/client';
import { grouped } from '../format';

interface Page<T> {
  items: T[];
  next_cursor?: string | null;
  total?: number;
}

// The pages that were asked for, as one; what a page says beside its rows is of the first.
export function usePages<T, P extends Page<T> = Page<T>>(key: QueryKey, path: string, parameters: Parameters, size: number, told: (answer: Promise<P>) => Promise<P> = (answer) => answer, enabled = true) {
  return useInfiniteQuery({
    queryKey: [...key, 'pages'],
    queryFn: ({ pageParam, signal }) => told(get<P>(path, { ...parameters, cursor: pageParam, limit: size }, signal)),
    enabled,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    select: ({ pages }) => ({ ...pages[0]!, items: pages.flatMap((page) => page.items) }),
  });
}

// Below such a list: how much of it stands there, and the rest of it.
interface Going {
  data: { items: unknown[]; total?: number } | undefined;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

export function More({ list, what }: { list: Going; what: string }) {
  if (!list.hasNextPage) return null;
  const { items, total } = list.data ?? { items: [] };
  return (
    <p className="actions">
      <span className="quiet">
        {grouped(items.length)} {total === undefined ? '' : `of ${grouped(total)} `}
        {what} stand here.
      </span>
      <button onClick={() => void list.fetchNextPage()} disabled={list.isFetchingNextPage}>
        {list.isFetchingNextPage ? 'Loading …' : `More ${what}`}
      </button>
    </p>
  );
}
