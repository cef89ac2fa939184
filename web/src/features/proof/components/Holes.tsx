// SPDX-License-Identifier: Apache-2.0
// One row a hole on a device: what the figures of Proof count.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { get, type Schema } from '../../../shared/api/client';
import { useGroups } from '../../../shared/api/every';
import { days } from '../../../shared/format';
import { atOwnColumn, useScope } from '../../../shared/scope';
import { option } from '../../../shared/shell';
import { AsOf } from '../../../shared/ui/asof';
import { Exploited, Severity } from '../../../shared/ui/badges';
import { OwnerFilter } from '../../../shared/ui/ownerfilter';
import { Scoped } from '../../../shared/ui/scoped';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { classes, classOf, sentence, stateOf, states, stateWords } from '../holes';
import { className } from '../model';

interface Search {
  query?: string;
  of?: string;
  state?: string;
  group?: string;
  as_of?: string;
  cursor?: string;
}

export function Holes() {
  const search = useSearch({ strict: false }) as Search;
  const { query, group, as_of: asOf, cursor } = search;
  const [state, of] = [stateOf(search.state), classOf(search.of)];
  const { scope, narrow } = useScope();
  const within = narrow(query);
  const navigate = useNavigate();
  const asked = { query: within, class: of === 'all' ? undefined : of, state, group, as_of: asOf };
  const list = useQuery({
    queryKey: ['exposure', 'holes', asked, cursor],
    queryFn: ({ signal }) => atOwnColumn(query, scope, get<Schema['HolePage']>('/proof/holes', { ...asked, cursor, limit: 50 }, signal)),
    staleTime: 60_000,
  });
  const groups = useGroups();
  const named = groups.data?.items.find((each) => each.id === group)?.name;
  const go = (change: Search) => void navigate({ to: '/holes', search: { query, of: search.of, state: search.state, group, as_of: asOf, ...change } as never });
  return (
    <>
      <h1>Holes, device by device</h1>
      <Scoped />
      <p className="quiet">
        What <Link to="/proof">Proof</Link> counts: each vulnerability on each device that had or has it.
      </p>
      <form
        className="querybar"
        key={query}
        onSubmit={(event) => {
          event.preventDefault();
          go({ query: String(new FormData(event.currentTarget).get('query')) || undefined, cursor: undefined });
        }}
      >
        <input name="query" aria-label="Query for devices" placeholder="site = &quot;Plant 3&quot; and owner = anna" defaultValue={query} spellCheck={false} autoCapitalize="off" autoComplete="off" maxLength={4096} />
        <select aria-label="Which" value={state ?? ''} onChange={(event) => go({ state: event.target.value || undefined })}>
          <option value="">open and closed</option>
          {states.map((each) => (
            <option key={each} value={each}>
              {stateWords(each)}
            </option>
          ))}
        </select>
        <select aria-label="How grave" value={of} onChange={(event) => go({ of: event.target.value === 'all' ? undefined : event.target.value })}>
          {classes.map((each) => (
            <option key={each} value={each}>
              {className(each)}
            </option>
          ))}
        </select>
        <OwnerFilter query={query} choose={(asked) => go({ query: asked, cursor: undefined })} />
        <button>Show</button>
      </form>
      <p>
        <AsOf value={asOf} choose={(day) => go({ as_of: day })} />
      </p>
      {group && (
        <p>
          Only devices of the group {named ?? 'that was chosen'}. <button className="inline" onClick={() => go({ group: undefined })}>Of all groups</button>
        </p>
      )}
      <Shown query={list} what="holes">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="None">
              <p>On the devices that match no such hole was or is known{asOf ? ` at the end of ${asOf}` : ''}.</p>
            </Empty>
          ) : (
            <>
              <p className="lead">{sentence(page.total ?? page.items.length, state, of)}</p>
              <Table
                label="Holes"
                same={{ command: `oakum proof holes${option('query', within)}${option('class', asked.class)}${option('state', state)}${option('group', group)}${option('as-of', asOf)}`, path: '/proof/holes', parameters: { ...asked, limit: 500 } }}
                rows={page.items}
                rowKey={(row) => `${row.device.id} ${row.advisory.id}`}
                choose={{ name: (row) => `${row.advisory.id} on ${row.device.name}`, query: (row) => `id = ${row.device.id}` }}
                columns={[
                  { title: 'Device', cell: (row) => <Link to="/devices/$id" params={{ id: row.device.id }} search={{ tab: 'findings' }}>{row.device.name}</Link> },
                  { title: 'Owner', cell: (row) => row.device.owner ?? 'nobody named' },
                  { title: 'Group', cell: (row) => row.device.group?.name ?? '–' },
                  { title: 'Vulnerability', cell: (row) => <Link to="/vulnerabilities/$id" params={{ id: row.advisory.id }}>{row.advisory.id}</Link> },
                  { title: 'Severity', cell: (row) => <Severity value={row.advisory.severity} /> },
                  { title: 'Exploited', cell: (row) => <Exploited value={row.advisory.exploited} /> },
                  { title: 'Since', cell: (row) => <When at={row.since} /> },
                  { title: 'Due', cell: (row) => <When at={row.due} never="next upgrade" /> },
                  { title: 'Closed', cell: (row) => <When at={row.closed} never="open" /> },
                  { title: 'Open for', numeric: true, cell: (row) => days(row.days) },
                  { title: 'Stands', cell: (row) => stateWords(row.standing) },
                ]}
              />
              <p className="actions">
                {cursor && <button onClick={() => go({ cursor: undefined })}>First page</button>}
                {page.next_cursor && <button onClick={() => go({ cursor: page.next_cursor ?? undefined })}>Next page</button>}
              </p>
            </>
          )
        }
      </Shown>
    </>
  );
}
