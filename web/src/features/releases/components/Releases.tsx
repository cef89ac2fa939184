// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { get, type Schema } from '../../../shared/api/client';
import { counted, grouped } from '../../../shared/format';
import { literal, oneOf } from '../../../shared/query';
import { State } from '../../../shared/ui/badges';
import { Guide } from '../../../shared/ui/guide';
import { Unscoped } from '../../../shared/ui/scoped';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { AdoptionOverTime } from './Adoption';

function Adopted() {
  const { model } = useSearch({ strict: false }) as { model?: string };
  const navigate = useNavigate();
  return (
    <section aria-labelledby="adoption">
      <h2 id="adoption">Which versions run</h2>
      <AdoptionOverTime
        model={model}
        choose={(adoption) =>
          adoption.models.length > 0 && (
            <label className="asof">
              Model{' '}
              <select value={adoption.model ?? ''} onChange={(event) => void navigate({ to: '/releases', search: (before: object) => ({ ...before, model: event.target.value }) as never, replace: true, resetScroll: false })}>
                {adoption.models.map((each) => (
                  <option key={each.model ?? ''} value={each.model ?? ''}>
                    {each.model ?? 'not known'}, {counted(each.devices, 'device')}
                  </option>
                ))}
              </select>
            </label>
          )
        }
      />
    </section>
  );
}

export function Releases() {
  const { cursor } = useSearch({ strict: false }) as { cursor?: string };
  const list = useQuery({
    queryKey: ['releases', cursor],
    queryFn: ({ signal }) => get<Schema['ReleasePage']>('/releases', { cursor, limit: 50 }, signal),
    placeholderData: (before) => before,
  });
  return (
    <>
      <h1>Releases</h1>
      <Unscoped what="releases" />
      <p className="quiet"><Guide topic="keys" words="How releases are signed" /></p>
      <Shown query={list} what="releases">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="No release yet">
              <p>Publish one with its SBOM, so that everybody sees what it fixes and brings:</p>
              <pre>oakum release create --name gateway --version 1.5.0 --artifact gateway.img --model AC-GW200 --sbom gateway.cdx.json --publish</pre>
            </Empty>
          ) : (
            <>
              <Table
                label="Releases"
                same={{ command: 'oakum release list', path: '/releases', parameters: { limit: 500 } }}
                rows={page.items}
                rowKey={(row) => row.id}
                choose={{ name: (row) => `${row.name} ${row.version}`, query: (row) => (row.devices_running > 0 ? `${oneOf('model', row.models)} and running_version = ${literal(row.version)}` : undefined) }}
                columns={[
                  { title: 'Release', cell: (row) => <Link to="/releases/$id" params={{ id: row.id }}>{`${row.name} ${row.version}`}</Link> },
                  { title: 'State', cell: (row) => <State value={row.state} words={row.state === 'draft' ? 'not published' : undefined} /> },
                  { title: 'Models', wide: true, cell: (row) => row.models.join(', ') },
                  { title: 'Fixes', numeric: true, cell: (row) => (row.fixes_count == null ? 'cannot tell' : grouped(row.fixes_count)) },
                  { title: 'Brings', numeric: true, cell: (row) => (row.brings_count == null ? 'cannot tell' : grouped(row.brings_count)) },
                  { title: 'Runs on', numeric: true, cell: (row) => <Link to="/devices" search={{ query: `${oneOf('model', row.models)} and running_version = ${literal(row.version)}` }}>{grouped(row.devices_running)}</Link> },
                  { title: 'Published', cell: (row) => <When at={row.published} never="not yet" /> },
                ]}
              />
              <p className="actions">
                {cursor && <Link to="/releases">First page</Link>}
                {page.next_cursor && <Link to="/releases" search={{ cursor: page.next_cursor }}>Next page</Link>}
              </p>
              <p className="quiet">
                Fixes and brings are counted against what the models ran before.
              </p>
            </>
          )
        }
      </Shown>
      <Adopted />
    </>
  );
}
