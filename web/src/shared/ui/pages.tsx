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

// The pages that were asked for, as one.
export function usePages<T>(key: QueryKey, path: string, parameters: Parameters, size: number) {
  return useInfiniteQuery({
    queryKey: [...key, 'pages'],
    queryFn: ({ pageParam, signal }) => get<Page<T>>(path, { ...parameters, cursor: pageParam, limit: size }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    select: ({ pages }) => ({ items: pages.flatMap((page) => page.items), total: pages[0]?.total }),
  });
}

// Below such a list: how much of it stands there, and the rest of it.
export function More({ list, what }: { list: ReturnType<typeof usePages>; what: string }) {
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
