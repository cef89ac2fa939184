// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useState, type FormEvent } from 'react';
import { get, target, type Schema } from '../../../shared/api/client';
import { grouped, oneDecimal, relative } from '../../../shared/format';
import { State } from '../../../shared/ui/badges';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { previewText } from '../model';

interface Search {
  query?: string;
  cursor?: string;
}

const examples = ['kev', 'exposure = internet and kev', 'component("busybox") < 1.36', 'lifecycle = quiet', 'deployment = rolled_back'];

export function Devices() {
  const { query, cursor } = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const [typed, setTyped] = useState(query ?? '');
  useEffect(() => setTyped(query ?? ''), [query]);
  const asked = useDeferredValue(typed);
  const preview = useQuery({
    queryKey: ['preview', asked],
    queryFn: ({ signal }) => get<Schema['QueryPreview']>('/query/preview', { query: asked }, signal),
    enabled: asked !== (query ?? ''),
    placeholderData: (before) => before,
  });
  const list = useQuery({
    queryKey: ['devices', query, cursor],
    queryFn: ({ signal }) => get<Schema['DevicePage']>('/devices', { query, cursor, limit: 50 }, signal),
    placeholderData: (before) => before,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate({ to: '/devices', search: { query: typed || undefined } });
  };
  return (
    <>
      <h1>Devices</h1>
      <form className="querybar" onSubmit={submit}>
        <input aria-label="Query" value={typed} onChange={(event) => setTyped(event.target.value)} placeholder="site = &quot;Plant 3&quot; and kev" spellCheck={false} />
        <button className="primary">Show</button>
        <a href={target('/devices', { query, limit: 200 })} download="devices.json">
          JSON
        </a>
      </form>
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
      <Shown query={list} what="devices">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={query ? 'No device matches' : 'No device yet'}>
              <p>{page.unknown > 0 ? `For ${grouped(page.unknown)} devices it cannot be told, since a fact is missing.` : 'Import devices from a CSV: oakum device import devices.csv'}</p>
            </Empty>
          ) : (
            <>
              <p>
                {page.total != null && <strong>{grouped(page.total)}</strong>} match
                {page.unknown > 0 && `; for ${grouped(page.unknown)} it cannot be told, since a fact is missing`}.
              </p>
              <Table
                label="Devices"
                rows={page.items}
                rowKey={(row) => row.id}
                columns={[
                  { title: 'Device', cell: (row) => <Link to="/devices/$id" params={{ id: row.id }}>{row.name}</Link> },
                  { title: 'Model', cell: (row) => row.model ?? '–' },
                  { title: 'Version', cell: (row) => row.firmware_version ?? row.os_version ?? '–' },
                  { title: 'Site', cell: (row) => row.site ?? '–' },
                  { title: 'Criticality', cell: (row) => row.criticality ?? '–' },
                  { title: 'Exposure', cell: (row) => row.exposure ?? 'not stated' },
                  { title: 'State', cell: (row) => <State value={row.deployment?.state ?? row.lifecycle} /> },
                  { title: 'Open', numeric: true, cell: (row) => (row.assessed ? grouped(row.findings_open) : 'cannot tell') },
                  { title: 'Exploited', numeric: true, cell: (row) => (row.assessed ? grouped(row.exploited_open) : '?') },
                  { title: 'Risk', numeric: true, cell: (row) => (row.risk == null ? '?' : oneDecimal(row.risk)) },
                  { title: 'Seen', cell: (row) => <span title={row.last_seen ?? undefined}>{relative(row.last_seen, Date.now())}</span> },
                ]}
              />
              <p className="actions">
                {cursor && <Link to="/devices" search={{ query }}>First page</Link>}
                {page.next_cursor && <Link to="/devices" search={{ query, cursor: page.next_cursor }}>Next page</Link>}
              </p>
              <p className="quiet">
                The same on the command line: <code>oakum device list{query ? ` --query '${query}'` : ''}</code>
              </p>
            </>
          )
        }
      </Shown>
    </>
  );
}
