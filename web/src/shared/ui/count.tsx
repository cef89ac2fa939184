// SPDX-License-Identifier: Apache-2.0
// A figure that is a link to the list of what it counts: devices, unless it says otherwise. The tasks in Chromium follow
// each of them and count.
import { Link } from '@tanstack/react-router';
import { counted, grouped } from '../format';

export interface Counted {
  to?: string;
  params?: Record<string, string>;
  query?: string;
  part?: string; // what no query can name
  search?: Record<string, string | undefined>; // what else that list is narrowed by
  hash?: string; // where on its page it stands
}

export function Count({ n, noun, nouns, to = '/devices', params, query, part, search, hash, label }: Counted & { n: number; noun?: string; nouns?: string; label?: string }) {
  const words = noun ? counted(n, noun, nouns) : grouped(n);
  return n === 0 ? (
    <>{words}</>
  ) : (
    <Link to={to} params={params as never} search={{ query, part, ...search } as never} hash={hash} data-counts={n} aria-label={label}>
      {words}
    </Link>
  );
}
