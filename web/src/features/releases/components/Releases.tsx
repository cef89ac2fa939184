// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { get, type Schema } from '../../../shared/api/client';
import { counted, grouped } from '../../../shared/format';
import { literal, oneOf } from '../../../shared/query';
import { option } from '../../../shared/shell';
import { State } from '../../../shared/ui/badges';
import { Count } from '../../../shared/ui/count';
import { Guide } from '../../../shared/ui/guide';
import { SavedViews } from '../../../shared/ui/savedviews';
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

// What it ends and brings stands on its page.
function Counted({ row, n, hash, what }: { row: Schema['ReleasePage']['items'][number]; n: number; hash: string; what: string }) {
  return n === 0 ? (
    <>0</>
  ) : (
    <Link to="/releases/$id" params={{ id: row.id }} hash={hash} aria-label={`${grouped(n)} ${what} by ${row.name} ${row.version}`}>
      {grouped(n)}
    </Link>
  );
}

export function Releases() {
  const { only, cursor } = useSearch({ strict: false }) as { only?: string; cursor?: string };
  const navigate = useNavigate();
  const list = useQuery({
    queryKey: ['releases', only, cursor],
    queryFn: ({ signal }) => get<Schema['ReleasePage']>('/releases', { state: only, cursor, limit: 50 }, signal),
    placeholderData: (before) => before,
  });
  return (
    <>
      <h1>Releases</h1>
      <Unscoped what="releases" />
      <p className="quiet"><Guide topic="keys" words="How releases are signed" /></p>
      <div className="querybar">
        <select aria-label="State" value={only ?? ''} onChange={(event) => void navigate({ to: '/releases', search: { only: event.target.value || undefined } })}>
          <option value="">in any state</option>
          <option value="draft">not published</option>
          <option value="published">published</option>
          <option value="withdrawn">withdrawn</option>
        </select>
      </div>
      <SavedViews list="releases" shown={{ only }} />
      <Shown query={list} what="releases">
        {(page) =>
          page.items.length === 0 && only ? (
            <Empty title="No release is in this state">
              <p>
                <Link to="/releases">All releases</Link>
              </p>
            </Empty>
          ) : page.items.length === 0 ? (
            <Empty title="No release yet">
              <p>Publish one with its SBOM, so that everybody sees what it fixes and brings:</p>
              <pre>oakum release create --name gateway --version 1.5.0 --artifact gateway.img --model AC-GW200 --sbom gateway.cdx.json --publish</pre>
            </Empty>
          ) : (
            <>
              <Table
                label="Releases"
                same={{ command: `oakum release list${option('state', only)}`, path: '/releases', parameters: { state: only, limit: 500 } }}
                rows={page.items}
                rowKey={(row) => row.id}
                choose={{ name: (row) => `${row.name} ${row.version}`, query: (row) => (row.devices_running > 0 ? `${oneOf('model', row.models)} and running_version = ${literal(row.version)}` : undefined) }}
                columns={[
                  { title: 'Release', cell: (row) => <Link to="/releases/$id" params={{ id: row.id }}>{`${row.name} ${row.version}`}</Link> },
                  { title: 'State', cell: (row) => <State value={row.state} words={row.state === 'draft' ? 'not published' : undefined} /> },
                  { title: 'Models', wide: true, cell: (row) => row.models.join(', ') },
                  { title: 'Fixes', numeric: true, cell: (row) => (row.fixes_count == null ? 'cannot tell' : <Counted row={row} n={row.fixes_count} hash="fixes" what="fixed" />) },
                  { title: 'Brings', numeric: true, cell: (row) => (row.brings_count == null ? 'cannot tell' : <Counted row={row} n={row.brings_count} hash="brings" what="brought" />) },
                  { title: 'Runs on', numeric: true, cell: (row) => <Count n={row.devices_running} query={`${oneOf('model', row.models)} and running_version = ${literal(row.version)}`} label={`${counted(row.devices_running, 'device')} on ${row.name} ${row.version}`} /> },
                  { title: 'Published', cell: (row) => <When at={row.published} never="not yet" /> },
                ]}
              />
              <p className="actions">
                {cursor && <Link to="/releases" search={{ only }}>First page</Link>}
                {page.next_cursor && <Link to="/releases" search={{ only, cursor: page.next_cursor }}>Next page</Link>}
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
