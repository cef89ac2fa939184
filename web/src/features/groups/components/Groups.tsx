// SPDX-License-Identifier: Apache-2.0
// Groups and sites: where it burns, and whose it is. Every cell leads to the devices that it counts.
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { get, type Schema } from '../../../shared/api/client';
import { grouped } from '../../../shared/format';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { heatSentence, nameOf, quietOf, warmth, type HeatRow } from '../model';

function Cell({ row, count, what, query, unknown = false }: { row: HeatRow; count: number; what: string; query: string; unknown?: boolean }) {
  const tone = `heat ${unknown ? 'unknown' : 'bad'}-${warmth(count, row.devices)}`;
  return (
    <span className={tone}>
      {count === 0 ? (
        '0'
      ) : (
        <Link to="/devices" search={{ query }} aria-label={`${grouped(count)} ${what} in ${nameOf(row)}`}>
          {grouped(count)}
        </Link>
      )}
    </span>
  );
}

function Heat({ rows, by }: { rows: HeatRow[]; by: 'group' | 'site' }) {
  return (
    <Table
      label={by === 'group' ? 'Groups' : 'Sites'}
      same={{ command: `oakum figures now${by === 'site' ? ' --by site' : ''}`, path: '/figures/now', parameters: { by } }}
      rows={rows}
      rowKey={(row) => row.query}
      columns={[
        { title: by === 'group' ? 'Group' : 'Site', cell: (row) => <Link to="/devices" search={{ query: row.query }}>{nameOf(row)}</Link> },
        { title: 'Owner', cell: (row) => row.owner ?? 'nobody named' },
        { title: 'Devices', numeric: true, cell: (row) => <Link to="/devices" search={{ query: row.query }}>{grouped(row.devices)}</Link> },
        { title: 'Exploited', numeric: true, cell: (row) => <Cell row={row} count={row.exploited} what="open to something exploited" query={`${row.query} and kev`} /> },
        { title: 'Overdue', numeric: true, cell: (row) => <Cell row={row} count={row.overdue} what="overdue" query={`${row.query} and overdue`} /> },
        { title: 'Cannot tell', numeric: true, cell: (row) => <Cell row={row} count={row.cannot_tell} what="that cannot be told" query={`${row.query} and cannot_tell`} unknown /> },
        { title: 'Quiet', numeric: true, cell: (row) => <Cell row={row} count={row.quiet} what="quiet" query={quietOf(row)} unknown /> },
        { title: 'Risk', numeric: true, cell: (row) => grouped(row.risk) },
      ]}
    />
  );
}

export function Groups() {
  const by = (useSearch({ strict: false }) as { by?: string }).by === 'site' ? 'site' : 'group';
  const heat = useQuery({ queryKey: ['figures', 'now', by], queryFn: ({ signal }) => get<Schema['Heat']>('/figures/now', { by }, signal), placeholderData: (before) => before });
  return (
    <>
      <h1>Groups and sites</h1>
      <p className="actions" role="group" aria-label="Rows">
        <Link to="/groups" search={{}} className="button" aria-current={by === 'group' ? 'true' : undefined}>
          By group
        </Link>
        <Link to="/groups" search={{ by: 'site' }} className="button" aria-current={by === 'site' ? 'true' : undefined}>
          By site
        </Link>
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
              <Heat rows={data.rows} by={by} />
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
