// SPDX-License-Identifier: Apache-2.0
// A figure that is a link to the devices that it counts. The tasks in Chromium follow each of them and count.
import { Link } from '@tanstack/react-router';
import { counted, grouped } from '../format';

export interface Counted {
  query?: string;
  part?: string; // what no query can name
}

export function Count({ n, noun, query, part, label }: Counted & { n: number; noun?: string; label?: string }) {
  const words = noun ? counted(n, noun) : grouped(n);
  return n === 0 ? (
    <>{words}</>
  ) : (
    <Link to="/devices" search={{ query, part }} data-counts={n} aria-label={label}>
      {words}
    </Link>
  );
}
