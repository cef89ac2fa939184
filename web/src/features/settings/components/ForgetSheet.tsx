// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post, type Schema } from '../../../shared/api/client';
import { counted } from '../../../shared/format';
import { ReasonSheet } from '../../../shared/ui/sheet';
import { Shown } from '../../../shared/ui/states';

// Of somebody who left: what goes, what stays as evidence, and forgetting them.
export function ForgetSheet({ user, close }: { user: Schema['User']; close: () => void }) {
  const queries = useQueryClient();
  const look = useQuery({ queryKey: ['users', user.id, 'forgetting'], queryFn: ({ signal }) => get<Schema['Forgetting']>(`/users/${user.id}/forgetting`, {}, signal), retry: false, gcTime: 0 });
  return (
    <ReasonSheet
      title={`Forget ${user.name}`}
      action={`Forget ${user.name}`}
      danger
      act={(why) => post<Schema['Forgetting']>(`/users/${user.id}/actions/forget`, { why })}
      done={() => queries.invalidateQueries({ queryKey: ['users'] })}
      close={close}
    >
      <Shown query={look} what="what would go">
        {(data) => (
          <>
            <p role="status">
              {data.name} becomes {data.pseudonym}. Name, password, second factor and the link to the identity provider go, {counted(data.credentials, 'session or token', 'sessions and tokens')}, {counted(data.views, 'view')} of their own, and the name in {counted(data.mentions, 'place')}.
            </p>
            <p>What they decided stays under their name, as evidence: {counted(data.decisions, 'decision')} about findings and rollouts, histories of devices, and the audit log, for as long as those are kept.</p>
          </>
        )}
      </Shown>
      <p className="notice" role="note">
        This cannot be undone.
      </p>
    </ReasonSheet>
  );
}
