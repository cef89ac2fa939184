// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useState, type FormEvent } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { grouped } from '../../../shared/format';
import { option } from '../../../shared/shell';
import { State } from '../../../shared/ui/badges';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { narrowed, previewText, standWords } from '../model';

interface Search {
  query?: string;
  stand?: string;
  cursor?: string;
  sort?: string;
}

const examples = ['kev', 'exposure = internet and kev', 'component("busybox") < 1.36', 'lifecycle = quiet', 'deployment = rolled_back'];
const orders = [
  ['risk', 'most risk first'],
  ['name', 'by name'],
  ['site', 'by site'],
  ['model', 'by model'],
  ['firmware_version', 'oldest version first'],
  ['last_seen', 'seen last first'],
  ['-last_seen', 'longest unseen first'],
] as const;

// How many of the devices have which value; a value narrows the query.
function Facets({ query }: { query: string | undefined }) {
  const facets = useQuery({
    queryKey: ['devices', 'facets', query],
    queryFn: ({ signal }) => get<Schema['Facets']>('/devices/facets', { query, keys: 'kind,model,site,criticality,exposure,owner' }, signal),
  });
  return (
    <Shown query={facets} what="values">
      {(data) => (
        <div className="facets">
          {data.facets.map((facet) => (
            <section key={facet.key} aria-label={facet.key}>
              <h3>{facet.key}</h3>
              <ul>
                {facet.values.map((value) => (
                  <li key={value.value ?? ''}>
                    <Link to="/devices" search={{ query: narrowed(query, facet.key, value.value ?? null) }}>{value.value ?? 'not known'}</Link> <span className="quiet">{grouped(value.count)}</span>
                  </li>
                ))}
                {facet.more && <li className="quiet">and others</li>}
              </ul>
            </section>
          ))}
        </div>
      )}
    </Shown>
  );
}

export function Devices() {
  const { query, stand, cursor, sort } = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const [typed, setTyped] = useState(query ?? '');
  const [narrow, setNarrow] = useState(false);
  useEffect(() => setTyped(query ?? ''), [query]);
  const asked = useDeferredValue(typed);
  const preview = useQuery({
    queryKey: ['preview', asked],
    queryFn: ({ signal }) => get<Schema['QueryPreview']>('/query/preview', { query: asked }, signal),
    enabled: asked !== (query ?? ''),
    placeholderData: (before) => before,
  });
  const list = useQuery({
    queryKey: ['devices', query, stand, cursor, sort],
    queryFn: ({ signal }) => get<Schema['DevicePage']>('/devices', { query, stand, cursor, sort, limit: 50 }, signal),
    placeholderData: (before) => before,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate({ to: '/devices', search: { query: typed || undefined, stand, sort } });
  };
  return (
    <>
      <h1>Devices</h1>
      <form className="querybar" onSubmit={submit}>
        <input aria-label="Query" value={typed} onChange={(event) => setTyped(event.target.value)} placeholder="site = &quot;Plant 3&quot; and kev" spellCheck={false} autoCapitalize="off" />
        <button className="primary">Show</button>
        <select aria-label="Order" value={sort ?? 'risk'} onChange={(event) => void navigate({ to: '/devices', search: { query, stand, sort: event.target.value === 'risk' ? undefined : event.target.value } })}>
          {orders.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      </form>
      {stand && (
        <p>
          Only those that {standWords(stand)}. <Link to="/devices" search={{ query, sort }}>All that match the query</Link>
        </p>
      )}
      <p className="quiet" role="status">
        {asked !== (query ?? '') && preview.data ? previewText(preview.data) : 'Examples: '}
        {asked === (query ?? '') &&
          examples.map((example, i) => (
            <span key={example}>
              {i > 0 && ' · '}
              <Link to="/devices" search={{ query: example }}>
                <code>{example}</code>
              </Link>
            </span>
          ))}
      </p>
      <details open={narrow} onToggle={(event) => setNarrow(event.currentTarget.open)}>
        <summary>Narrow down by value</summary>
        {narrow && <Facets query={query} />}
      </details>
      <Shown query={list} what="devices">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={query || stand ? 'No device matches' : 'No device yet'}>
              <p>{page.unknown > 0 ? `For ${grouped(page.unknown)} devices it cannot be told, since a fact is missing.` : query ? 'Ask for less, or look at all of them.' : 'Import devices from a CSV: oakum device import devices.csv'}</p>
              {query && (
                <p>
                  <Link to="/devices">All devices</Link>
                </p>
              )}
            </Empty>
          ) : (
            <>
              <p>
                {page.total != null && <strong>{grouped(page.total)}</strong>} match
                {page.unknown > 0 && `; for ${grouped(page.unknown)} it cannot be told, since a fact is missing`}.
              </p>
              <Table
                label="Devices"
                same={{ command: `oakum device list${option('query', query)}${option('stand', stand)}${option('sort', sort)}`, path: '/devices', parameters: { query, stand, sort, limit: 500 } }}
                rows={page.items}
                rowKey={(row) => row.id}
                columns={[
                  { title: 'Device', cell: (row) => <Link to="/devices/$id" params={{ id: row.id }}>{row.name}</Link> },
                  { title: 'Model', cell: (row) => row.model ?? '–' },
                  { title: 'Version', cell: (row) => row.firmware_version ?? row.os_version ?? '–' },
                  { title: 'Site', cell: (row) => row.site ?? '–' },
                  { title: 'Criticality', cell: (row) => row.criticality ?? 'not stated' },
                  { title: 'Exposure', cell: (row) => row.exposure ?? 'not stated' },
                  { title: 'State', cell: (row) => (row.hold ? <State value="paused" words="on hold" /> : <State value={row.deployment?.state ?? row.lifecycle} />) },
                  { title: 'Open', numeric: true, cell: (row) => (row.assessed ? grouped(row.findings_open) : 'cannot tell') },
                  { title: 'Exploited', numeric: true, cell: (row) => (row.assessed ? grouped(row.exploited_open) : '?') },
                  { title: 'Risk', numeric: true, cell: (row) => (row.risk == null ? '?' : grouped(row.risk)) },
                  { title: 'Seen', cell: (row) => <When at={row.last_seen} /> },
                ]}
              />
              <p className="actions">
                {cursor && <Link to="/devices" search={{ query, stand, sort }}>First page</Link>}
                {page.next_cursor && <Link to="/devices" search={{ query, stand, sort, cursor: page.next_cursor }}>Next page</Link>}
              </p>
            </>
          )
        }
      </Shown>
    </>
  );
}
