// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { del, get, type Schema } from '../../../shared/api/client';
import { option } from '../../../shared/shell';
import { Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { clientWords } from '../model';

// One's own sessions, or, for administrators, those of `user`.
export function Sessions({ user }: { user?: Schema['User'] }) {
  const queries = useQueryClient();
  const whose = { user: user?.id };
  const sessions = useQuery({
    queryKey: ['sessions', user?.id ?? 'own'],
    queryFn: ({ signal }) => get<Schema['OpenSessionPage']>('/sessions', { ...whose, limit: 200 }, signal),
  });
  const again = () => queries.invalidateQueries({ queryKey: ['sessions'] });
  const end = useMutation({ mutationFn: (id: string) => del<void>(`/sessions/${id}`), onSuccess: again });
  const endAll = useMutation({ mutationFn: () => del<Schema['SessionsEnded']>('/sessions', whose), onSuccess: again });
  return (
    <Shown query={sessions} what="sessions">
      {(page) => {
        const others = page.items.filter((each) => !each.here).length;
        return (
          <>
            <Refused error={end.error ?? endAll.error} />
            {page.items.length === 0 ? (
              <p>{user?.name} is not signed in.</p>
            ) : (
              <Table
                label={user ? `Sessions of ${user.name}` : 'Your sessions'}
                same={{ command: `oakum session list${option('user', user?.name)}`, path: '/sessions', parameters: { user: user?.id, limit: 500 } }}
                rows={page.items}
                rowKey={(row) => row.id}
                columns={[
                  { title: 'Since', cell: (row) => <When at={row.created} /> },
                  { title: 'Last used', cell: (row) => (row.used ? <When at={row.used} /> : 'not since the server started') },
                  { title: 'From', cell: (row) => row.address },
                  { title: 'With', cell: (row) => <span title={row.client}>{clientWords(row.client)}</span> },
                  { title: 'By', cell: (row) => row.began },
                  {
                    title: '',
                    cell: (row) =>
                      row.here ? (
                        'this session'
                      ) : (
                        <button className="danger" aria-label={`End the session from ${row.address} with ${clientWords(row.client)}`} disabled={end.isPending} onClick={() => end.mutate(row.id)}>
                          End
                        </button>
                      ),
                  },
                ]}
              />
            )}
            {others > 0 && (
              <div className="actions">
                <button className="danger" disabled={endAll.isPending} onClick={() => endAll.mutate()}>
                  {user ? 'End all' : 'End all others'}
                </button>
              </div>
            )}
            {endAll.isSuccess && <p role="status">Ended: {endAll.data.ended}. Whoever used them is asked to sign in.</p>}
            <p className="quiet">A session ends after two hours without use, and after twelve hours in any case. Tokens are not sessions: they end under Tokens.</p>
          </>
        );
      }}
    </Shown>
  );
}
