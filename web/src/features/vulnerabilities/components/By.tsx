// SPDX-License-Identifier: Apache-2.0
import { Link, useLocation, useSearch } from '@tanstack/react-router';

// The same holes seen in two ways: by what was published, and by what it stands on.
export function By() {
  const { pathname } = useLocation();
  const { query } = useSearch({ strict: false }) as { query?: string };
  const ways = [
    ['/vulnerabilities', 'Vulnerabilities'],
    ['/findings', 'Findings'],
  ] as const;
  return (
    <p className="actions" role="group" aria-label="Seen as">
      {ways.map(([to, title]) => (
        <Link key={to} to={to} search={{ query }} className="button" aria-current={pathname === to ? 'true' : undefined}>
          {title}
        </Link>
      ))}
    </p>
  );
}
