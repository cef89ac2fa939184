// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { get, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { counted, grouped } from '../../../shared/format';
import { option } from '../../../shared/shell';
import { State } from '../../../shared/ui/badges';
import { Count } from '../../../shared/ui/count';
import { Guide } from '../../../shared/ui/guide';
import { Unscoped } from '../../../shared/ui/scoped';
import { Empty, Shown } from '../../../shared/ui/states';
import { SavedViews } from '../../../shared/ui/savedviews';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { ofRollout, trouble } from '../model';
import { Views } from './Views';

const states: Schema['RolloutState'][] = ['running', 'awaiting_approval', 'draft', 'scheduled', 'paused', 'halted', 'settled', 'finished', 'rolling_back', 'rolled_back', 'aborted'];

export function Rollouts() {
  const { only, cursor } = useSearch({ strict: false }) as { only?: string; cursor?: string };
  const navigate = useNavigate();
  const may = useMay();
  const list = useQuery({
    queryKey: ['rollouts', only, cursor],
    queryFn: ({ signal }) => get<Schema['RolloutPage']>('/rollouts', { state: only, cursor, limit: 50 }, signal),
    placeholderData: (before) => before,
  });
  return (
    <>
      <h1>Rollouts</h1>
      <Views />
      <Unscoped what="rollouts" />
      <p className="quiet"><Guide topic="concepts" words="How a rollout decides" /></p>
      <div className="querybar">
        {may('rollout.create') && (
          <Link className="button primary" to="/rollouts/new">
            New rollout
          </Link>
        )}
        <select aria-label="State" value={only ?? ''} onChange={(event) => void navigate({ to: '/rollouts', search: { only: event.target.value || undefined } })}>
          <option value="">in any state</option>
          {states.map((state) => (
            <option key={state} value={state}>
              {state.replaceAll('_', ' ')}
            </option>
          ))}
        </select>
      </div>
      <SavedViews list="rollouts" shown={{ only }} />
      <Shown query={list} what="rollouts">
        {(page) =>
          page.items.length === 0 ? (
            only ? (
              <Empty title={`No rollout is ${only.replaceAll('_', ' ')}`}>
                <p>
                  <Link to="/rollouts">All rollouts</Link>
                </p>
              </Empty>
            ) : (
              <Empty title="No rollout yet">
                <p>A rollout brings a published release to devices, in waves. Fixes says what to begin with; on the command line:</p>
                <pre>oakum rollout create --name &quot;gateways to 1.5.0&quot; --release ID --care normal --start</pre>
              </Empty>
            )
          ) : (
            <>
              <Table
                label="Rollouts"
                same={{ command: `oakum rollout list${option('state', only)}`, path: '/rollouts', parameters: { state: only, limit: 500 } }}
                rows={page.items}
                rowKey={(row) => row.id}
                columns={[
                  { title: 'Rollout', cell: (row) => <Link to="/rollouts/$id" params={{ id: row.id }}>{row.name}</Link> },
                  { title: 'Release', cell: (row) => `${row.release.name} ${row.release.version}` },
                  { title: 'State', cell: (row) => <State value={row.state} /> },
                  { title: 'In scope', numeric: true, cell: (row) => <Count n={row.in_scope} query={row.devices_query} label={`${counted(row.in_scope, 'device')} in scope of ${row.name}`} /> },
                  { title: 'Verified', numeric: true, cell: (row) => <Count n={row.totals.verified} {...ofRollout(row.id, 'verified')} label={`${grouped(row.totals.verified)} verified of ${row.name}`} /> },
                  { title: 'Trouble', numeric: true, cell: (row) => <Count n={trouble(row.totals)} {...ofRollout(row.id, 'trouble')} label={`${grouped(trouble(row.totals))} in trouble of ${row.name}`} /> },
                  { title: 'Made by', cell: (row) => row.created_by },
                  { title: 'Started', cell: (row) => <When at={row.started} never="not yet" /> },
                  { title: 'Now', wide: true, cell: (row) => row.sentence },
                ]}
              />
              <p className="actions">
                {cursor && <Link to="/rollouts" search={{ only }}>First page</Link>}
                {page.next_cursor && <Link to="/rollouts" search={{ only, cursor: page.next_cursor }}>Next page</Link>}
              </p>
            </>
          )
        }
      </Shown>
    </>
  );
}
