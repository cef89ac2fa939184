// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useState, type FormEvent } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { grouped } from '../../../shared/format';
import { pageBefore } from '../../../shared/pages';
import { shift } from '../../../shared/query';
import { atOwnColumn, useScope } from '../../../shared/scope';
import { option } from '../../../shared/shell';
import { State } from '../../../shared/ui/badges';
import { OwnerFilter } from '../../../shared/ui/ownerfilter';
import { Scoped } from '../../../shared/ui/scoped';
import { Guide } from '../../../shared/ui/guide';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table, type Column } from '../../../shared/ui/table';
import { SavedViews } from '../../../shared/ui/savedviews';
import { When } from '../../../shared/ui/when';
import { columnNames, columnsOf, columnsText, columnTitles, type ColumnName } from '../columns';
import { completions, valuesOf } from '../completion';
import { narrowed, partWords, previewText } from '../model';
import { choicesFor, whomOf } from '../bulk';
import { BulkSheet } from './BulkSheet';
import { Edits } from './Edits';
import { ImportSheet } from './ImportSheet';
import { MakeGroup } from './MakeGroup';

interface Search {
  query?: string;
  cursor?: string;
  sort?: string;
  columns?: string;
  sheet?: string;
  part?: string;
  fix?: string;
}
type Row = Schema['DeviceSummary'];

function Found({ row, n, what }: { row: Row; n: number; what: string }) {
  return n === 0 ? (
    <>0</>
  ) : (
    <Link to="/devices/$id" params={{ id: row.id }} search={{ tab: 'findings' }} aria-label={`${grouped(n)} ${what} on ${row.name}`}>
      {grouped(n)}
    </Link>
  );
}

const cells: Record<ColumnName, Omit<Column<Row>, 'title'>> = {
  model: { cell: (row) => row.model ?? '–' },
  version: { cell: (row) => row.firmware_version ?? row.os_version ?? '–' },
  patch_level: { cell: (row) => row.patch_level ?? '–' },
  serial: { cell: (row) => row.serial ?? '–' },
  kind: { cell: (row) => row.kind ?? '–' },
  manufacturer: { cell: (row) => row.manufacturer ?? '–' },
  platform: { cell: (row) => row.platform ?? '–' },
  site: { cell: (row) => row.site ?? '–' },
  zone: { cell: (row) => row.zone ?? '–' },
  owner: { cell: (row) => row.owner ?? 'nobody named' },
  group: { cell: (row) => row.group?.name ?? '–' },
  criticality: { cell: (row) => row.criticality ?? 'not stated' },
  exposure: { cell: (row) => row.exposure ?? 'not stated' },
  state: { cell: (row) => (row.hold ? <State value="paused" words="on hold" /> : <State value={row.deployment?.state ?? row.lifecycle} />) },
  open: { numeric: true, cell: (row) => (row.assessed ? <Found row={row} n={row.findings_open} what="open" /> : 'cannot tell') },
  exploited: { numeric: true, cell: (row) => (row.assessed ? <Found row={row} n={row.exploited_open} what="exploited" /> : '?') },
  cannot_tell: { numeric: true, cell: (row) => <Found row={row} n={row.cannot_tell} what="that cannot be told" /> },
  risk: { numeric: true, cell: (row) => (row.risk == null ? '?' : grouped(row.risk)) },
  seen: { cell: (row) => <When at={row.last_seen} /> },
};

function Columns({ chosen, choose }: { chosen: ColumnName[]; choose: (columns: ColumnName[]) => void }) {
  return (
    <details>
      <summary>Columns</summary>
      <fieldset className="columns">
        <legend className="unseen">Columns</legend>
        {columnNames.map((name) => (
          <label key={name} className="choice">
            <input type="checkbox" checked={chosen.includes(name)} onChange={(event) => choose(event.target.checked ? [...chosen, name] : chosen.filter((each) => each !== name))} /> {columnTitles[name]}
          </label>
        ))}
      </fieldset>
    </details>
  );
}

const examples = ['kev', 'overdue', 'exposure = internet and kev', 'component("busybox") < 1.36', 'lifecycle = quiet', 'lifecycle = unmanaged', 'deployment = rolled_back'];
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
function Facets({ query, within }: { query: string | undefined; within: string | undefined }) {
  const facets = useQuery({
    queryKey: ['devices', 'facets', within],
    queryFn: ({ signal }) => get<Schema['Facets']>('/devices/facets', { query: within, keys: 'kind,model,site,criticality,exposure,owner' }, signal),
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
  const { query, cursor, sort, columns, sheet, part, fix } = useSearch({ strict: false }) as Search;
  const { scope, narrow } = useScope();
  const within = narrow(query);
  const byQuery = !part && !fix; // else no query names them
  const shown = columnsOf(columns);
  const navigate = useNavigate();
  const [typed, setTyped] = useState(query ?? '');
  const [narrowing, setNarrowing] = useState(false);
  const [past, setPast] = useState(false);
  const setChanging = (open: boolean) => void navigate({ to: '/devices', search: (before: object) => ({ ...before, sheet: open ? 'change' : undefined }) as never, replace: !open });
  const setImporting = (open: boolean) => void navigate({ to: '/devices', search: (before: object) => ({ ...before, sheet: open ? 'import' : undefined }) as never, replace: !open });
  const may = useMay();
  const mayChange = choicesFor(may).length > 0;
  useEffect(() => setTyped(query ?? ''), [query]);
  const asked = useDeferredValue(typed);
  const preview = useQuery({
    queryKey: ['preview', narrow(asked)],
    queryFn: ({ signal }) => get<Schema['QueryPreview']>('/query/preview', { query: narrow(asked) }, signal),
    enabled: asked !== (query ?? ''),
    placeholderData: (before) => before,
  });
  const field = valuesOf(asked);
  const values = useQuery({
    queryKey: ['devices', 'facets', 'values', field],
    queryFn: ({ signal }) => get<Schema['Facets']>('/devices/facets', { keys: field! }, signal),
    enabled: field !== null,
    staleTime: 60_000,
  });
  const offered = completions(asked, (values.data?.facets[0]?.values ?? []).flatMap((each) => each.value ?? []));
  const key = ['devices', within, part, fix, sort, cursor];
  const list = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => atOwnColumn(query, scope, get<Schema['DevicePage']>('/devices', { query: within, part, fix, cursor, sort, limit: 50 }, signal)),
    placeholderData: pageBefore(key),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate({ to: '/devices', search: { query: typed || undefined, sort, columns } });
  };
  return (
    <>
      <h1>Devices</h1>
      <Scoped />
      <form className="querybar" onSubmit={submit}>
        <input aria-label="Query" value={typed} onChange={(event) => setTyped(event.target.value)} placeholder="site = &quot;Plant 3&quot; and kev" spellCheck={false} autoCapitalize="off" autoComplete="off" list="completions" maxLength={4096} />
        <datalist id="completions">
          {offered.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
        <button className="primary">Show</button>
        <select aria-label="Order" value={sort ?? 'risk'} onChange={(event) => void navigate({ to: '/devices', search: { query, columns, sort: event.target.value === 'risk' ? undefined : event.target.value } })}>
          {orders.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
        <OwnerFilter query={query} choose={(asked) => void navigate({ to: '/devices', search: { query: asked, part, fix, sort, columns } })} />
        {may('device.import') && (
          <button type="button" onClick={() => setImporting(true)}>
            Import
          </button>
        )}
      </form>
      {sheet === 'change' && mayChange && <BulkSheet whom={whomOf(within, part, fix)} close={() => setChanging(false)} />}
      {sheet === 'import' && may('device.import') && <ImportSheet close={() => setImporting(false)} />}
      {!byQuery && (
        <p>
          Only those {part ? partWords(part) : 'that a row of Fixes counts'}. <Link to="/devices" search={{ query, sort, columns }}>All that match the query</Link>
        </p>
      )}
      <p className="quiet" role="status">
        {asked !== (query ?? '') && preview.data ? previewText(preview.data, shift(asked, scope)) : 'Examples: '}
        {asked === (query ?? '') &&
          examples.map((example, i) => (
            <span key={example}>
              {i > 0 && ' · '}
              <Link to="/devices" search={{ query: example }}>
                <code>{example}</code>
              </Link>
            </span>
          ))}{' '}
        <Guide topic="query" words="All that can be asked" />
      </p>
      <details open={narrowing} onToggle={(event) => setNarrowing(event.currentTarget.open)}>
        <summary>Narrow down by value</summary>
        {narrowing && <Facets query={query} within={within} />}
      </details>
      <p className="quiet">
        This list is of now. Of a day that is past are kept: <Link to="/findings" search={{ query }}>what was open</Link>, <Link to="/holes" search={{ query }}>holes, device by device</Link>, <Link to="/groups">figures of groups and sites</Link>, and of each device its software, findings and history, on its page.
      </p>
      <Columns chosen={shown} choose={(next) => void navigate({ to: '/devices', search: (before: object) => ({ ...before, columns: columnsText(next) }) as never, replace: true })} />
      <Shown query={list} what="devices">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={within || !byQuery ? 'No device matches' : 'No device yet'}>
              <p>{page.unknown > 0 ? `For ${grouped(page.unknown)} devices it cannot be told, since a fact is missing.` : within ? 'Ask for less, or look at all of them.' : 'Import a file of them: a table, an export of Intune or Jamf Pro, a scan of nmap or the leases of a DHCP server.'}</p>
              {!within && (
                <p>
                  <Link to="/welcome">Ways for devices to come in</Link>
                </p>
              )}
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
                {page.unknown > 0 && (
                  <>
                    ; for <Link to="/devices" search={{ query, columns, part: 'unknown' }}>{grouped(page.unknown)}</Link> it cannot be told, since a fact is missing
                  </>
                )}
                .
              </p>
              <div className="actions">
                {mayChange && <button onClick={() => setChanging(true)}>Change all of them …</button>}
                {within && byQuery && <MakeGroup query={within} count={page.total} />}
                {byQuery && <SavedViews list="devices" shown={{ query, sort, columns }} />}
                {!byQuery && <span className="quiet">Groups and views go by a query alone.</span>}
              </div>
              <Table
                label="Devices"
                same={{ command: `oakum device list${option('query', within)}${option('part', part)}${option('fix', fix)}${option('sort', sort)}`, path: '/devices', parameters: { query: within, part, fix, sort, limit: 500 } }}
                rows={page.items}
                rowKey={(row) => row.id}
                choose={{ name: (row) => row.name, query: (row) => `id = ${row.id}` }}
                columns={[
                  { title: 'Device', cell: (row) => <Link to="/devices/$id" params={{ id: row.id }}>{row.name}</Link> },
                  ...shown.map((name) => ({ title: columnTitles[name], ...cells[name] })),
                ]}
              />
              <p className="actions">
                {cursor && <Link to="/devices" search={{ query, part, fix, sort, columns }}>First page</Link>}
                {page.next_cursor && <Link to="/devices" search={{ query, part, fix, sort, columns, cursor: page.next_cursor }}>Next page</Link>}
              </p>
            </>
          )
        }
      </Shown>
      <details open={past} onToggle={(event) => setPast(event.currentTarget.open)}>
        <summary>What was changed for many at once</summary>
        {past && <Edits />}
      </details>
    </>
  );
}
