// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { grouped, oneDecimal } from '../../../shared/format';
import { both } from '../../../shared/query';
import { atOwnColumn, useScope } from '../../../shared/scope';
import { option } from '../../../shared/shell';
import { Exploited, Rose, Severity } from '../../../shared/ui/badges';
import { Count } from '../../../shared/ui/count';
import { Guide } from '../../../shared/ui/guide';
import { Scoped } from '../../../shared/ui/scoped';
import { Empty, Shown } from '../../../shared/ui/states';
import { listed } from '../model';
import { By } from './By';
import { Table } from '../../../shared/ui/table';
import { RecordSheet } from './RecordSheet';
import { OwnerFilter } from '../../../shared/ui/ownerfilter';
import { SavedViews } from '../../../shared/ui/savedviews';

interface Search {
  search?: string;
  only?: string;
  query?: string;
  cursor?: string;
}

export function Vulnerabilities() {
  const { search, only, query, cursor } = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const may = useMay();
  const [recording, setRecording] = useState(false);
  const { scope, narrow } = useScope();
  const within = narrow(query);
  const list = useQuery({
    queryKey: ['advisories', search, only, within, cursor],
    queryFn: ({ signal }) => atOwnColumn(query, scope, get<Schema['AdvisoryPage']>('/advisories', { search, only, query: within, cursor, limit: 50 }, signal)),
    placeholderData: (before) => before,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void navigate({ to: '/vulnerabilities', search: { search: String(form.get('search')) || undefined, only: String(form.get('only')) || undefined, query: String(form.get('query')).trim() || undefined } });
  };
  return (
    <>
      <h1>Vulnerabilities</h1>
      <Scoped />
      <p className="quiet"><Guide topic="feeds" words="Where this is known from" /> · <Guide topic="exceptions" words="Accept, mitigate, and records of one's own" /></p>
      <By />
      <form className="querybar" onSubmit={submit} key={`${search} ${only} ${query}`}>
        <input name="search" type="search" aria-label="Words in id, title or description" placeholder="CVE-2024-6387, busybox, …" defaultValue={search} />
        <select name="only" aria-label="Which" defaultValue={only ?? 'affecting'}>
          <option value="affecting">that concern us</option>
          <option value="exploited">that are exploited</option>
          <option value="all">in all our data</option>
        </select>
        <input name="query" aria-label="On devices that match the query" placeholder="on devices: site = &quot;Plant 3&quot;" defaultValue={query} spellCheck={false} autoCapitalize="off" autoComplete="off" maxLength={4096} />
        <OwnerFilter query={query} choose={(asked) => void navigate({ to: '/vulnerabilities', search: { search, only, query: asked } })} />
        <button>Show</button>
      </form>
      {may('notice.edit') && (
        <div className="actions">
          <button onClick={() => setRecording(true)}>Record one of our own …</button>
        </div>
      )}
      {recording && <RecordSheet close={() => setRecording(false)} />}
      <SavedViews list="advisories" shown={{ query, search, only }} />
      <Shown query={list} what="vulnerabilities">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={search ? `Nothing matches "${search}"` : 'None'}>
              <p>
                {!page.newest_record ? (
                  <>
                    No advisories have been imported yet: <code>oakum feed import FOLDER</code>
                  </>
                ) : only === 'all' ? (
                  `Nothing in our data matches; its newest record is of ${page.newest_record.slice(0, 10)}.`
                ) : (
                  <>
                    Nothing that matches concerns the devices here. <Link to="/vulnerabilities" search={{ search, only: 'all', query }}>Look in all our data</Link>
                  </>
                )}
              </p>
            </Empty>
          ) : (
            <>
              <Table
                label="Vulnerabilities"
                same={{ command: `oakum advisory list${option('query', within)}${option('search', search)}${option('only', only)}`, path: '/advisories', parameters: { query: within, search, only, limit: 500 } }}
                rows={page.items}
                rowKey={(row) => row.id}
                choose={{ name: (row) => row.id, query: (row) => (row.affected > 0 ? both(query, `finding = ${row.id}`) : undefined), all: listed(search, only, query) }}
                columns={[
                  { title: 'Vulnerability', cell: (row) => <Link to="/vulnerabilities/$id" params={{ id: row.id }}>{row.id}</Link> },
                  { title: 'Severity', cell: (row) => <Severity value={row.severity} /> },
                  { title: 'Score', numeric: true, cell: (row) => (row.cvss == null ? '–' : oneDecimal(row.cvss)) },
                  { title: 'Exploited within 30 days', numeric: true, cell: (row) => (row.epss == null ? '–' : <>{`${(100 * row.epss).toFixed(1)} %`}{row.epss_rose && <Rose />}</>) },
                  { title: 'Exploited', cell: (row) => <Exploited value={row.exploited} /> },
                  { title: 'Affected', numeric: true, cell: (row) => <Count n={row.affected} query={both(query, `finding = ${row.id}`)} /> },
                  { title: 'Cannot tell', numeric: true, cell: (row) => <Count n={row.cannot_tell} query={both(query, `finding = ${row.id}`)} part="unknown" /> },
                  { title: 'What', wide: true, cell: (row) => row.title },
                ]}
              />
              <p className="actions">
                {cursor && <Link to="/vulnerabilities" search={{ search, only, query }}>First page</Link>}
                {page.next_cursor && <Link to="/vulnerabilities" search={{ search, only, query, cursor: page.next_cursor }}>Next page</Link>}
                <span className="quiet">{page.total != null && `${grouped(page.total)} in all`}</span>
              </p>
            </>
          )
        }
      </Shown>
    </>
  );
}
