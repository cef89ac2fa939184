// SPDX-License-Identifier: Apache-2.0
// Groups and sites: where it burns, and whose it is. Every cell leads to the devices that it counts.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { counted, grouped } from '../../../shared/format';
import { option } from '../../../shared/shell';
import { AsOf } from '../../../shared/ui/asof';
import { RemoveSheet } from '../../../shared/ui/remove';
import { Unscoped } from '../../../shared/ui/scoped';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { GroupSheet } from './GroupSheet';
import { heatSentence, nameOf, quietOf, warmth, type HeatRow } from '../model';

type GroupRef = Schema['GroupRef'];

function Cell({ row, count, what, query, unknown = false }: { row: HeatRow; count: number; what: string; query: string | undefined; unknown?: boolean }) {
  const tone = `heat ${unknown ? 'unknown' : 'bad'}-${warmth(count, row.devices)}`;
  return (
    <span className={tone}>
      {count === 0 || query === undefined ? (
        grouped(count)
      ) : (
        <Link to="/devices" search={{ query }} aria-label={`${grouped(count)} ${what} in ${nameOf(row)}`}>
          {grouped(count)}
        </Link>
      )}
    </span>
  );
}

function Heat({ rows, by, asOf }: { rows: HeatRow[]; by: 'group' | 'site'; asOf: string | undefined }) {
  const edits = useMay()('group.edit') && by === 'group' && !asOf;
  const [changing, setChanging] = useState<GroupRef | null>(null);
  const [removing, setRemoving] = useState<{ group: GroupRef; devices: number } | null>(null);
  // What was counted on another day is no query of today.
  const now = (query: string) => (asOf ? undefined : query);
  return (
    <>
    <Table
      label={by === 'group' ? 'Groups' : 'Sites'}
      same={{ command: `oakum figures now${by === 'site' ? ' --by site' : ''}${option('as-of', asOf)}`, path: '/figures/now', parameters: { by, as_of: asOf } }}
      rows={rows}
      rowKey={(row) => row.query}
      choose={asOf ? undefined : { name: nameOf, query: (row) => (row.devices > 0 ? row.query : undefined) }}
      columns={[
        { title: by === 'group' ? 'Group' : 'Site', cell: (row) => <Link to="/devices" search={{ query: row.query }}>{nameOf(row)}</Link> },
        { title: 'Owner', cell: (row) => (asOf ? '–' : row.owner ?? 'nobody named') },
        { title: 'Devices', numeric: true, cell: (row) => (asOf ? grouped(row.devices) : <Link to="/devices" search={{ query: row.query }}>{grouped(row.devices)}</Link>) },
        { title: 'Exploited', numeric: true, cell: (row) => <Cell row={row} count={row.exploited} what="open to something exploited" query={now(`${row.query} and kev`)} /> },
        { title: 'Overdue', numeric: true, cell: (row) => <Cell row={row} count={row.overdue} what="overdue" query={now(`${row.query} and overdue`)} /> },
        { title: 'Cannot tell', numeric: true, cell: (row) => <Cell row={row} count={row.cannot_tell} what="that cannot be told" query={now(`${row.query} and cannot_tell`)} unknown /> },
        { title: 'Quiet', numeric: true, cell: (row) => <Cell row={row} count={row.quiet} what="quiet" query={now(quietOf(row))} unknown /> },
        { title: 'Risk', numeric: true, cell: (row) => grouped(row.risk) },
        ...(edits
          ? [
              {
                title: '',
                cell: (row: HeatRow) =>
                  row.group && (
                    <div className="row-actions">
                      <button aria-label={`Change the group ${row.group.name}`} onClick={() => setChanging(row.group!)}>
                        Change …
                      </button>
                      <button className="danger" aria-label={`Remove the group ${row.group.name}`} onClick={() => setRemoving({ group: row.group!, devices: row.devices })}>
                        Remove …
                      </button>
                    </div>
                  ),
              },
            ]
          : []),
      ]}
    />
    {changing && <GroupSheet id={changing.id} name={changing.name} close={() => setChanging(null)} />}
    {removing && (
      <RemoveSheet name={`the group ${removing.group.name}`} path={`/groups/${removing.group.id}`} refresh={['groups', 'figures', 'devices', 'device', 'exposure', 'fixes']} close={() => setRemoving(null)}>
        <p>
          Its {counted(removing.devices, 'device')} stay, and lose what they inherited from it: owner, exposure and the rest that nobody else states; deadlines may move. Its figures of former days are no longer shown. It cannot be undone.
        </p>
      </RemoveSheet>
    )}
    </>
  );
}

export function Groups() {
  const search = useSearch({ strict: false }) as { by?: string; as_of?: string };
  const by = search.by === 'site' ? 'site' : 'group';
  const asOf = by === 'group' ? search.as_of : undefined; // of sites no day is kept
  const navigate = useNavigate();
  const heat = useQuery({ queryKey: ['figures', 'now', by, asOf], queryFn: ({ signal }) => get<Schema['Heat']>('/figures/now', { by, as_of: asOf }, signal), placeholderData: (before) => before });
  return (
    <>
      <h1>Groups and sites</h1>
      <Unscoped what="groups and sites" />
      <p className="actions" role="group" aria-label="Rows">
        <Link to="/groups" search={{}} className="button" aria-current={by === 'group' ? 'true' : undefined}>
          By group
        </Link>
        <Link to="/groups" search={{ by: 'site' }} className="button" aria-current={by === 'site' ? 'true' : undefined}>
          By site
        </Link>
        {by === 'group' && <AsOf value={asOf} choose={(day) => void navigate({ to: '/groups', search: { as_of: day }, resetScroll: false })} />}
      </p>
      <Shown query={heat} what={by === 'group' ? 'groups' : 'sites'}>
        {(data) =>
          data.rows.length === 0 ? (
            <Empty title={by === 'group' ? 'No group yet' : 'No device yet'}>
              <p>{by === 'group' ? 'A group is a named set of devices, by a query or by hand:' : 'Import devices from a CSV file, or enrol one:'}</p>
              <pre>{by === 'group' ? `oakum group create --name "Plant 3" --query 'site = "Plant 3"' --default owner="line 4"` : 'oakum device import devices.csv'}</pre>
            </Empty>
          ) : (
            <>
              <p className="lead">{heatSentence(data.rows, by)}</p>
              <Heat rows={data.rows} by={by} asOf={asOf} />
              <p className="quiet">
                Retired devices are left out. Overdue: a deadline has passed since the later of disclosure and first sight. As of <When at={data.as_of} />.
              </p>
            </>
          )
        }
      </Shown>
    </>
  );
}
