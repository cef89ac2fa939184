// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { get, type Schema } from './api/client';
import { useGroups } from './api/every';
import { useMe } from './api/me';
import { scopeOf, useScope } from './scope';

// The figures of days: of the group that the scope names; without a scope of the fleet, or of the first of their groups
// for those who see several and not the fleet. Of sites and other queries none are kept, and nothing is asked for.
export function useFigures(span: { from?: string; to?: string } = {}) {
  const mine = useMe().data?.scope;
  const { scope } = useScope();
  const groups = useGroups(scope !== undefined);
  const named = groups.data?.items.find((group) => scopeOf('group', group.name) === scope)?.id;
  const group = scope !== undefined ? named : mine && mine.length > 1 ? mine[0]!.id : undefined;
  const kept = scope === undefined || named !== undefined || !groups.isSuccess;
  const query = useQuery({ queryKey: ['figures', group, span.from, span.to], enabled: mine !== undefined && (scope === undefined || named !== undefined), queryFn: ({ signal }) => get<Schema['Figures']>('/figures', { group, ...span }, signal) });
  return { query, kept };
}
