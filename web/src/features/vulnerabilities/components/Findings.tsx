// SPDX-License-Identifier: Apache-2.0
// What the fleet is exposed to: a row for each vulnerability and component that it stands on.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { get, type Schema } from '../../../shared/api/client';
import { grouped, oneDecimal } from '../../../shared/format';
import { both } from '../../../shared/query';
import { atOwnColumn, useScope } from '../../../shared/scope';
import { option } from '../../../shared/shell';
import { Exploited, Severity } from '../../../shared/ui/badges';
import { SavedViews } from '../../../shared/ui/savedviews';
import { Scoped } from '../../../shared/ui/scoped';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { devicesOf } from '../model';
import { By } from './By';

interface Search {
  query?: string;
  only?: string;
  cursor?: string;
}

export function Findings() {
  const { query, only, cursor } = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const { scope, narrow } = useScope();
  const within = narrow(query);
  const list = useQuery({
    queryKey: ['advisories', 'findings', within, only, cursor],
    queryFn: ({ signal }) => atOwnColumn(query, scope, get<Schema['FleetFindingPage']>('/findings', { query: within, state: only, cursor, limit: 50 }, signal)),
    placeholderData: (before) => before,
  });
  return (
    <>
      <h1>Findings</h1>
      <Scoped />
      <By />
      <form
        className="querybar"
        key={query}
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({ to: '/findings', search: { query: String(new FormData(event.currentTarget).get('query')) || undefined, only } });
        }}
      >
        <input name="query" aria-label="Query for devices" placeholder="site = &quot;Plant 3&quot; and exposure = internet" defaultValue={query} spellCheck={false} autoCapitalize="off" autoComplete="off" maxLength={4096} />
        <select aria-label="Which" value={only ?? ''} onChange={(event) => void navigate({ to: '/findings', search: { query, only: event.target.value || undefined } })}>
          <option value="">open</option>
          <option value="unknown">for which we cannot tell</option>
          <option value="all">all</option>
        </select>
        <button>Show</button>
      </form>
      <SavedViews list="findings" shown={{ query, only }} />
      <Shown query={list} what="findings">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={only === 'unknown' ? 'Nothing that we cannot tell' : 'No finding is open'}>
              <p>{query ? 'On the devices that match. Ask for less, or look at all of them.' : 'On the devices here. What is not known of their software is not counted as good: Home says how many those are.'}</p>
            </Empty>
          ) : (
            <>
              <Table
                label="Findings"
                same={{ command: `oakum finding list${option('query', within)}${option('state', only)}`, path: '/findings', parameters: { query: within, state: only, limit: 500 } }}
                rows={page.items}
                rowKey={(row) => `${row.advisory} ${row.component.name} ${row.component.version ?? ''} ${row.verdict}`}
                choose={{ name: (row) => `${row.advisory} in ${row.component.name}`, query: (row) => devicesOf(row, query), all: only ? undefined : both(query, 'exists(finding)') }}
                columns={[
                  { title: 'Vulnerability', cell: (row) => <Link to="/vulnerabilities/$id" params={{ id: row.advisory }}>{row.advisory}</Link> },
                  { title: 'Severity', cell: (row) => <Severity value={row.severity} /> },
                  { title: 'Score', numeric: true, cell: (row) => (row.cvss == null ? '–' : oneDecimal(row.cvss)) },
                  { title: 'Exploited', cell: (row) => <Exploited value={row.exploited} /> },
                  { title: 'Component', cell: (row) => row.component.name },
                  { title: 'Version', cell: (row) => row.component.version ?? '–' },
                  {
                    title: 'Devices',
                    numeric: true,
                    cell: (row) => (devicesOf(row, query) ? <Link to="/devices" search={{ query: devicesOf(row, query) }}>{grouped(row.devices)}</Link> : grouped(row.devices)),
                  },
                  { title: 'Fixed in', cell: (row) => row.fixed_in ?? '–' },
                  { title: 'Why', wide: true, cell: (row) => row.reason },
                ]}
              />
              <p className="actions">
                {cursor && <Link to="/findings" search={{ query, only }}>First page</Link>}
                {page.next_cursor && <Link to="/findings" search={{ query, only, cursor: page.next_cursor }}>Next page</Link>}
                <span className="quiet">{page.total != null && `${grouped(page.total)} in all`}</span>
              </p>
            </>
          )
        }
      </Shown>
    </>
  );
}
