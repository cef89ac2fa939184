// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { get, type Schema } from '../../../shared/api/client';
import { grouped } from '../../../shared/format';

// The same rollouts seen in three ways, and when devices may be changed.
export function Views() {
  const { pathname } = useLocation();
  const waiting = useQuery({ queryKey: ['rollouts', 'approvals'], queryFn: ({ signal }) => get<Schema['RolloutPage']>('/rollouts', { state: 'awaiting_approval', limit: 50 }, signal) });
  const count = waiting.data?.items.length ?? 0;
  const views = [
    ['/rollouts', 'List'],
    ['/calendar', 'By week'],
    ['/windows', 'Windows, freezes and budgets'],
    ['/floors', 'Floors for phones'],
    ['/approvals', count > 0 ? `Approvals (${grouped(count)}${waiting.data?.next_cursor ? '+' : ''})` : 'Approvals'],
  ] as const;
  return (
    <p className="actions" role="group" aria-label="Seen as">
      {views.map(([to, title]) => (
        <Link key={to} to={to} className="button" aria-current={pathname === to ? 'true' : undefined}>
          {title}
        </Link>
      ))}
    </p>
  );
}
