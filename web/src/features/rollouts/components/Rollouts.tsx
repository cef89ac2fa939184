// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get, type Schema } from '../../../shared/api/client';
import { grouped } from '../../../shared/format';
import { State } from '../../../shared/ui/badges';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';

export function Rollouts() {
  const list = useQuery({ queryKey: ['rollouts'], queryFn: ({ signal }) => get<Schema['RolloutPage']>('/rollouts', { limit: 100 }, signal) });
  return (
    <>
      <h1>Rollouts</h1>
      <Shown query={list} what="rollouts">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="No rollout yet">
              <p>A rollout brings a published release to devices, in waves:</p>
              <pre>oakum rollout create --name &quot;gateways to 1.5.0&quot; --release ID --care normal --start</pre>
            </Empty>
          ) : (
            <Table
              label="Rollouts"
              rows={page.items}
              rowKey={(row) => row.id}
              columns={[
                { title: 'Rollout', cell: (row) => <Link to="/rollouts/$id" params={{ id: row.id }}>{row.name}</Link> },
                { title: 'Release', cell: (row) => `${row.release.name} ${row.release.version}` },
                { title: 'State', cell: (row) => <State value={row.state} /> },
                { title: 'In scope', numeric: true, cell: (row) => grouped(row.in_scope) },
                { title: 'Verified', numeric: true, cell: (row) => grouped(row.totals.verified) },
                { title: 'Trouble', numeric: true, cell: (row) => grouped(row.totals.failed + row.totals.rolled_back + row.totals.silent) },
                { title: 'Now', wide: true, cell: (row) => row.sentence },
              ]}
            />
          )
        }
      </Shown>
    </>
  );
}
