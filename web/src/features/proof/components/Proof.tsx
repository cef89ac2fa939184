// SPDX-License-Identifier: Apache-2.0
// Can we show it? How long holes stayed open, and who decided what.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { counted, days, grouped } from '../../../shared/format';
import { save } from '../../../shared/save';
import { useScope } from '../../../shared/scope';
import { option, word } from '../../../shared/shell';
import { AsOf } from '../../../shared/ui/asof';
import { Count } from '../../../shared/ui/count';
import { Scoped } from '../../../shared/ui/scoped';
import { Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { changes, className, exported, subject, windowsSentence } from '../model';
import { Compare } from './Compare';
import { Deadlines } from './Deadlines';
import { Evidence } from './Evidence';

type AuditRecord = Schema['AuditRecord'];
type AuditPage = Schema['AuditPage'];

function Windows() {
  const { query, as_of: asOf } = useSearch({ strict: false }) as { query?: string; as_of?: string };
  const navigate = useNavigate();
  const within = useScope().narrow(query);
  const windows = useQuery({
    queryKey: ['exposure', 'windows', within, asOf],
    queryFn: ({ signal }) => get<Schema['ExposureWindows']>('/proof/exposure-windows', { query: within, as_of: asOf }, signal),
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const asked = String(new FormData(event.currentTarget).get('query')) || undefined;
    void navigate({ to: '/proof', search: (before: object) => ({ ...before, query: asked }) as never, resetScroll: false });
  };
  return (
    <section aria-labelledby="windows">
      <h2 id="windows">How long holes stay open</h2>
      <Scoped />
      <form className="querybar" onSubmit={submit} key={query}>
        <input name="query" aria-label="Which devices" defaultValue={query} placeholder="all devices; or a query such as site = &quot;Plant 3&quot;" spellCheck={false} autoCapitalize="off" />
        <button>Measure</button>
      </form>
      <p>
        <AsOf value={asOf} choose={(day) => void navigate({ to: '/proof', search: (before: object) => ({ ...before, as_of: day }) as never, resetScroll: false })} />
      </p>
      <Shown query={windows} what="exposure windows">
        {(data) => (
          <>
            <p className="lead">{windowsSentence(data)}</p>
            <Table
              label="Exposure windows"
              same={{ command: `oakum proof windows${option('query', within)}${option('as-of', asOf)}`, path: '/proof/exposure-windows', parameters: { query: within, as_of: asOf } }}
              rows={data.rows}
              rowKey={(row) => row.class}
              columns={[
                { title: 'Holes', cell: (row) => className(row.class) },
                { title: 'Closed', numeric: true, cell: (row) => <Count to="/holes" n={row.closed} query={query} search={{ of: row.class, state: 'closed', as_of: asOf }} label={`${grouped(row.closed)} closed, ${className(row.class)}`} /> },
                { title: 'Still open', numeric: true, cell: (row) => <Count to="/holes" n={row.open} query={query} search={{ of: row.class, state: 'open', as_of: asOf }} label={`${grouped(row.open)} open, ${className(row.class)}`} /> },
                { title: 'Half within', numeric: true, cell: (row) => days(row.median_days) },
                { title: 'Nine of ten within', numeric: true, cell: (row) => days(row.p90_days) },
                { title: 'Open longest', numeric: true, cell: (row) => days(row.longest_open_days) },
              ]}
            />
            <p className="quiet">
              {data.definition} As of <When at={data.as_of} />.
            </p>
          </>
        )}
      </Shown>
    </section>
  );
}

async function wholeLog(progress: (records: number) => void): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  for (let after: string | null | undefined = '0'; after != null; ) {
    const page: AuditPage = await get<AuditPage>('/audit', { after, limit: 500 });
    records.push(...page.items);
    progress(records.length);
    after = page.next_cursor;
  }
  return records;
}

function Subject({ of }: { of: string }) {
  const { words, whole, page, id } = subject(of);
  return page ? (
    <Link to={page} params={{ id }} title={whole}>
      {words}
    </Link>
  ) : (
    <span title={whole}>{words}</span>
  );
}

function Log() {
  const { search, cursor } = useSearch({ strict: false }) as { search?: string; cursor?: string };
  const navigate = useNavigate();
  const [read, setRead] = useState(0);
  const list = useQuery({
    queryKey: ['audit', search, cursor],
    queryFn: ({ signal }) => get<AuditPage>('/audit/search', { q: search, before: cursor, limit: 50 }, signal),
    placeholderData: (before) => before,
  });
  const verify = useMutation({ mutationFn: () => get<Schema['AuditVerification']>('/audit/verify') });
  const download = useMutation({
    mutationFn: () => wholeLog(setRead),
    onSuccess: (records) => save(`oakum-audit-${new Date().toISOString().slice(0, 10)}.json`, new Blob([exported(records, new Date().toISOString())], { type: 'application/json' })),
  });
  const go = (change: { search?: string; cursor?: string }) => void navigate({ to: '/proof', search: (before: object) => ({ ...before, ...change }) as never, resetScroll: false });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    go({ search: String(new FormData(event.currentTarget).get('search')) || undefined, cursor: undefined });
  };
  return (
    <section aria-labelledby="log">
      <h2 id="log">Audit log</h2>
      <p>Every change by a person, a policy or the server itself is a record that holds the digest of the one before, so that a later alteration shows.</p>
      <div className="actions">
        <button onClick={() => verify.mutate()} disabled={verify.isPending}>
          {verify.isPending ? 'Verifying …' : 'Verify'}
        </button>
        <button onClick={() => download.mutate()} disabled={download.isPending}>
          {download.isPending ? `Reading, ${grouped(read)} so far …` : 'Export'}
        </button>
      </div>
      {verify.data && (
        <p className={verify.data.ok ? 'state-box' : 'notice'} role="status">
          <span className={verify.data.ok ? 'badge tone-good' : 'badge tone-bad'}>{verify.data.ok ? '✓ intact' : '✕ altered'}</span> {verify.data.sentence}
          {verify.data.head && (
            <>
              {' '}
              Head: <code>{verify.data.head}</code>
            </>
          )}
        </p>
      )}
      {download.data && <p role="status">Exported {counted(download.data.length, 'record')}.</p>}
      <Refused error={verify.error ?? download.error} />
      <form className="querybar" onSubmit={submit} key={search}>
        <input name="search" type="search" aria-label="Words of who, what, on what or why" defaultValue={search} placeholder="anna rollout" maxLength={200} />
        <button>Find</button>
      </form>
      <Shown query={list} what="the audit log">
        {(page) =>
          page.items.length === 0 && page.next_cursor == null ? (
            <p>{search ? `No record holds "${search}".` : 'No record yet.'}</p>
          ) : (
            <>
              <Table
                label="Audit log"
                same={{ command: search ? `oakum audit search ${word(search)}` : 'oakum audit list', path: '/audit/search', parameters: { q: search, before: cursor, limit: 500 } }}
                rows={page.items}
                rowKey={(row) => String(row.number)}
                columns={[
                  { title: 'No', numeric: true, cell: (row) => row.number },
                  { title: 'When', cell: (row) => <When at={row.at} /> },
                  { title: 'Who', wide: true, cell: (row) => <Subject of={row.actor} /> },
                  { title: 'What', cell: (row) => row.action },
                  { title: 'On', wide: true, cell: (row) => <Subject of={row.resource} /> },
                  { title: 'Why', wide: true, cell: (row) => row.why || '–' },
                  {
                    title: 'Change',
                    wide: true,
                    cell: (row) => {
                      const rows = changes(row);
                      return rows.length === 0 ? (
                        '–'
                      ) : (
                        <details>
                          <summary>{counted(rows.length, 'value')}</summary>
                          <ul>
                            {rows.map((change) => (
                              <li key={change.key}>
                                {change.key}: {change.before} → {change.after}
                              </li>
                            ))}
                          </ul>
                        </details>
                      );
                    },
                  },
                ]}
              />
              <p className="actions">
                {cursor && <button onClick={() => go({ cursor: undefined })}>Newest</button>}
                {page.next_cursor && <button onClick={() => go({ cursor: page.next_cursor ?? undefined })}>Older</button>}
              </p>
            </>
          )
        }
      </Shown>
    </section>
  );
}

export function Proof() {
  const may = useMay();
  return (
    <>
      <h1>Can we show it?</h1>
      <p className="actions">
        <Link className="button" to="/leader">The leader's page</Link>
      </p>
      <Windows />
      <Deadlines />
      <Compare />
      <Evidence />
      {may('audit.read') && <Log />}
    </>
  );
}
