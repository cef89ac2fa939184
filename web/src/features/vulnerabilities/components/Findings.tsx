// SPDX-License-Identifier: Apache-2.0
// What the fleet is exposed to: a row for each vulnerability and component that it stands on.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { get, type Schema } from '../../../shared/api/client';
import { counted, grouped, oneDecimal } from '../../../shared/format';
import { pageBefore } from '../../../shared/pages';
import { both } from '../../../shared/query';
import { atOwnColumn, useScope } from '../../../shared/scope';
import { option } from '../../../shared/shell';
import { AsOf } from '../../../shared/ui/asof';
import { Exploited, Severity } from '../../../shared/ui/badges';
import { OwnerFilter } from '../../../shared/ui/ownerfilter';
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
  fix?: string;
  exploited?: string;
  as_of?: string;
}

export function Findings() {
  const { query, only, cursor, fix, exploited, as_of: asOf } = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const { scope, narrow } = useScope();
  const within = narrow(query);
  const asked = { query: within, state: only, fix, exploited, as_of: asOf };
  const key = ['advisories', 'findings', asked, cursor];
  const list = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => atOwnColumn(query, scope, get<Schema['FleetFindingPage']>('/findings', { ...asked, cursor, limit: 50 }, signal)),
    placeholderData: pageBefore(key),
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
        <select aria-label="Which" value={only ?? ''} onChange={(event) => void navigate({ to: '/findings', search: { query, only: event.target.value || undefined, fix, exploited, as_of: event.target.value === 'assumed' ? undefined : asOf } })}>
          <option value="">open</option>
          <option value="unknown">for which we cannot tell</option>
          <option value="assumed">due as if exposed, since nobody told</option>
          <option value="all">all</option>
        </select>
        <OwnerFilter query={query} choose={(asked) => void navigate({ to: '/findings', search: { query: asked, only, fix, exploited, as_of: asOf } })} />
        <button>Show</button>
      </form>
      {!fix && (
        <p>
          <AsOf value={asOf} choose={(day) => void navigate({ to: '/findings', search: { query, only: only === 'assumed' ? undefined : only, exploited, as_of: day } })} />
        </p>
      )}
      {asOf && <p className="quiet">What was open at the end of {asOf} (UTC), on the devices that match now. What is said of each vulnerability is of today; what people decided is not taken away.</p>}
      {(fix || exploited) && (
        <p>
          Only what {fix ? 'a row of Fixes is about' : 'is known to be exploited'}
          {fix && exploited ? ', and is known to be exploited' : ''}. <Link to="/findings" search={{ query, only }}>All findings</Link>
        </p>
      )}
      {!fix && !exploited && !asOf && <SavedViews list="findings" shown={{ query, only }} />}
      <Shown query={list} what="findings">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={only === 'unknown' ? 'Nothing that we cannot tell' : 'No finding is open'}>
              <p>{query ? 'On the devices that match. Ask for less, or look at all of them.' : 'On the devices here. What is not known of their software is not counted as good: Home says how many those are.'}</p>
            </Empty>
          ) : (
            <>
              {!page.complete && <p className="notice">More devices match than are looked at for a day that is past: these are of the first 20,000. Narrow the query.</p>}
              <p>
                <strong>{grouped(page.findings)}</strong> {only === 'unknown' || only === 'all' ? 'on all devices together, without what was decided' : 'open on all devices together'}, in {counted(page.total ?? page.items.length, 'row')}.
              </p>
              <Table
                label="Findings"
                same={{ command: `oakum finding list${option('query', within)}${option('state', only)}${option('fix', fix)}${option('exploited', exploited)}${option('as-of', asOf)}`, path: '/findings', parameters: { ...asked, limit: 500 } }}
                rows={page.items}
                rowKey={(row) => `${row.advisory} ${row.component.name} ${row.component.version ?? ''} ${row.verdict}`}
                choose={asOf || fix ? undefined : { name: (row) => `${row.advisory} in ${row.component.name}`, query: (row) => devicesOf(row, query), all: only || exploited ? undefined : both(query, 'exists(finding)') }}
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
                    cell: (row) => (devicesOf(row, query) && !asOf ? <Link to="/devices" search={{ query: devicesOf(row, query), fix }}>{grouped(row.devices)}</Link> : grouped(row.devices)),
                  },
                  { title: 'Fixed in', cell: (row) => row.fixed_in ?? '–' },
                  { title: 'Why', wide: true, cell: (row) => row.reason },
                ]}
              />
              <p className="actions">
                {cursor && <Link to="/findings" search={{ query, only, fix, exploited, as_of: asOf }}>First page</Link>}
                {page.next_cursor && <Link to="/findings" search={{ query, only, fix, exploited, as_of: asOf, cursor: page.next_cursor }}>Next page</Link>}
                <span className="quiet">{page.total != null && `${grouped(page.total)} in all`}</span>
              </p>
            </>
          )
        }
      </Shown>
    </>
  );
}
