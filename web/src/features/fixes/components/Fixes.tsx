// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState, type FormEvent } from 'react';
import { get, put, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { counted, grouped, percent } from '../../../shared/format';
import { atOwnColumn, useScope } from '../../../shared/scope';
import { option } from '../../../shared/shell';
import { State } from '../../../shared/ui/badges';
import { Chart } from '../../../shared/ui/chart';
import { ChangeDevices, useMayChange } from '../../../shared/ui/changedevices';
import { Count } from '../../../shared/ui/count';
import { DecideSheet } from '../../../shared/ui/decide';
import { OwnerFilter } from '../../../shared/ui/ownerfilter';
import { Scoped } from '../../../shared/ui/scoped';
import { Sheet } from '../../../shared/ui/sheet';
import { Empty, Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { More, usePages } from '../../../shared/ui/pages';
import { SavedViews } from '../../../shared/ui/savedviews';
import { When } from '../../../shared/ui/when';
import { aboutWords, bringIn, canPlan, curve, devicesQuery, disruption, headline, namedWords, nameOf, stateWords, updates, withWindows } from '../model';

type Page = Schema['FixPage'];
type Fix = Schema['Fix'];

function Cumulated({ page }: { page: Page }) {
  const points = curve(page);
  const option = useMemo(
    () => ({
      grid: { left: 50, right: 20, top: 12, bottom: 28 },
      tooltip: { trigger: 'axis', showContent: false, axisPointer: { type: 'shadow' } },
      xAxis: { type: 'category', data: points.map((point) => point.name), axisLabel: { formatter: (_: string, i: number) => String(i + 1) } },
      yAxis: { type: 'value', min: 0, max: 100, axisLabel: { formatter: '{value} %' } },
      series: [{ type: 'bar', barMaxWidth: 48, data: points.map((point) => point.share), itemStyle: { color: '#3d7ab5' } }],
    }),
    [JSON.stringify(points)],
  );
  return (
    <Chart
      label="Risk removed by the first updates together"
      option={option}
      height={200}
      places={{ label: 'So many windows this week', sentences: points.map((_, i) => withWindows(page, i + 1)), first: 0 }}
      twin={{
        rows: points,
        rowKey: (row) => row.name,
        columns: [
          { title: 'Up to', cell: (row) => row.name },
          { title: 'Risk removed together', numeric: true, cell: (row) => `${row.share} %` },
        ],
      }}
    />
  );
}

// Which updates together remove most in what there is room for this week.
function Budget({ query }: { query: string | undefined }) {
  const [budget, setBudget] = useState<{ windows?: string; restarts?: string } | null>(null);
  const choice = useQuery({
    queryKey: ['fixes', 'choice', query, budget],
    enabled: budget !== null,
    queryFn: ({ signal }) => get<Schema['FixChoice']>('/fixes/choice', { query, ...budget }, signal),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '') || undefined;
    setBudget({ windows: text('windows'), restarts: text('restarts') });
  };
  return (
    <section aria-labelledby="budget">
      <h2 id="budget">This week</h2>
      <form onSubmit={submit} className="actions">
        <label>
          Windows
          <input name="windows" type="number" min={0} max={1000} defaultValue={2} />
        </label>
        <label>
          Restarts, at most
          <input name="restarts" type="number" min={0} placeholder="as many as it takes" />
        </label>
        <button>What removes most?</button>
      </form>
      {budget !== null && (
        <Shown query={choice} what="what fits">
          {(found) => (
            <>
              <p className="lead" role="status">
                {found.sentence}
              </p>
              {found.steps.length > 0 && (
                <Table
                  label="What removes most within the budget"
                  same={{ command: `oakum fix choose${option('windows', budget.windows)}${option('restarts', budget.restarts)}${option('query', query)}`, path: '/fixes/choice', parameters: { query, ...budget } }}
                  rows={found.steps}
                  rowKey={(row) => row.id}
                  columns={[
                    { title: 'Update', wide: true, cell: (row) => `${row.name} ${row.version ?? ''}` },
                    { title: 'Removes besides', numeric: true, cell: (row) => `${grouped(row.gain)} (${percent(row.gain, found.total_risk)})` },
                    { title: 'Restarts', numeric: true, cell: (row) => grouped(row.restarts) },
                  ]}
                />
              )}
            </>
          )}
        </Shown>
      )}
    </section>
  );
}

function AssignSheet({ fix, close }: { fix: Fix; close: () => void }) {
  const queries = useQueryClient();
  const assign = useMutation({
    mutationFn: (owner: string) => put<void>('/fixes/owner', { fix: fix.id, owner }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['fixes'] });
      close();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    assign.mutate(String(new FormData(event.currentTarget).get('owner')).trim());
  };
  return (
    <Sheet title={`Who looks after ${nameOf(fix)}?`} close={close}>
      <form onSubmit={submit}>
        <label>
          Owner (empty: nobody)
          <input name="owner" maxLength={128} autoFocus autoComplete="off" defaultValue={fix.owner ?? ''} />
        </label>
        <div className="actions">
          <button className="primary" disabled={assign.isPending}>
            Assign
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
      <Refused error={assign.error} />
    </Sheet>
  );
}

function BringInSheet({ fix, close }: { fix: Fix; close: () => void }) {
  return (
    <Sheet title={`Bring in what ${fix.name} lacks`} close={close} wide>
      <p>Ask its vendor for a version with: {fix.references.join(', ')}. When its file and its SBOM are there, this makes it a release; its page then says what it really ends.</p>
      <pre>{bringIn(fix)}</pre>
      <div className="actions">
        <Link to="/releases">To the releases</Link>
        <button onClick={close}>Close</button>
      </div>
    </Sheet>
  );
}

// Opened when one decides about a row: what it is about is asked for then.
function DecideFix({ fix, within, close }: { fix: Fix; within: string | undefined; close: () => void }) {
  const ends = useEnds(fix, within);
  const name = nameOf(fix);
  if (!ends.data || ends.data.rows.length === 0)
    return (
      <Sheet title={`Accept or mitigate what ${name} is about`} close={close} wide>
        <Shown query={ends} what="what it is about">
          {() => <p>Nothing that is open is ended by it any more: there is nothing to decide.</p>}
        </Shown>
        <div className="actions">
          <button onClick={close}>Close</button>
        </div>
      </Sheet>
    );
  return <DecideSheet kind="accept" choices={['accept', 'mitigate']} component={ends.data.component ?? undefined} query={ends.data.query} ends={{ title: aboutWords(fix), sentence: ends.data.sentence, rows: ends.data.rows, leftOut: ends.data.left_out }} close={close} />;
}

function useEnds(fix: Fix, within: string | undefined) {
  // Asked for when the sheet opens, and then it stands still: what is confirmed is what was seen.
  const [opened] = useState(() => Date.now());
  return useQuery({
    queryKey: ['ends of a fix', fix.id, within, opened],
    queryFn: ({ signal }) => get<Schema['FixEnds']>('/fixes/ends', { fix: fix.id, query: within }, signal),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnReconnect: false,
    refetchOnWindowFocus: false,
  });
}

// To the devices of a row, to look at or to change them together.
function DevicesOfFix({ fix, within, close }: { fix: Fix; within: string | undefined; close: () => void }) {
  const ends = useEnds(fix, within);
  const named = ends.data && devicesQuery(ends.data);
  return (
    <Sheet title={`The devices of ${nameOf(fix)}`} close={close}>
      <Shown query={ends} what="which devices">
        {(data) => (
          <>
            <p>{data.sentence}</p>
            {data.left_out > 0 && <p className="notice">{namedWords(data)}</p>}
            <div className="actions">
              <Link className="button" to="/devices" search={{ query: within, fix: fix.id }}>
                Show them
              </Link>
              {named && <ChangeDevices query={named}>{data.left_out > 0 ? 'Change those that are named …' : 'Change them all …'}</ChangeDevices>}
            </div>
          </>
        )}
      </Shown>
      <div className="actions">
        <button onClick={close}>Close</button>
      </div>
    </Sheet>
  );
}

export function Fixes() {
  const { query } = useSearch({ strict: false }) as { query?: string };
  const { scope, narrow } = useScope();
  const within = narrow(query);
  const navigate = useNavigate();
  const ask = (asked: string | undefined) => void navigate({ to: '/fixes', search: { query: asked } });
  const may = useMay();
  const mayChange = useMayChange();
  const [assigning, setAssigning] = useState<Fix | null>(null);
  const [bringing, setBringing] = useState<Fix | null>(null);
  const [deciding, setDeciding] = useState<Fix | null>(null);
  const [looking, setLooking] = useState<Fix | null>(null);
  const fixes = usePages<Fix, Page>(['fixes', within], '/fixes', { query: within }, 100, (answer) => atOwnColumn(query, scope, answer));
  return (
    <>
      <h1>What to fix first</h1>
      <Scoped />
      <form
        className="querybar"
        key={query}
        onSubmit={(event) => {
          event.preventDefault();
          ask(String(new FormData(event.currentTarget).get('query')) || undefined);
        }}
      >
        <input name="query" aria-label="Query for devices" placeholder="site = &quot;Plant 3&quot; and exposure = internet" defaultValue={query} spellCheck={false} autoCapitalize="off" autoComplete="off" maxLength={4096} />
        <OwnerFilter query={query} choose={ask} />
        <button>Show</button>
      </form>
      <SavedViews list="fixes" shown={{ query }} />
      <Shown query={fixes} what="updates">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="No update at hand removes any risk">
              <p>Publish a release with its SBOM, or attach SBOMs to what your devices run:</p>
              <pre>oakum release create --name gateway --version 1.5.0 --artifact gateway.img --model AC-GW200 --sbom gateway.cdx.json --publish</pre>
            </Empty>
          ) : (
            <>
              <p className="lead">{headline(page)}</p>
              <p className="quiet">
                Updates and what they end are worked out for now; as they were on another day is not kept. <Link to="/findings" search={{ query }}>What was open then</Link> and <Link to="/proof">how it was closed</Link> is.
              </p>
              {updates(page).length > 0 && (
                <>
                  <Cumulated page={page} />
                  <p className="quiet">How many windows are there this week? Point at a bar, or go through them with the arrow keys: an update takes one window.</p>
                  <Budget query={within} />
                </>
              )}
              <Table
                label="Updates by risk removed"
                same={{ command: `oakum fix list${option('query', within)}`, path: '/fixes', parameters: { query: within, limit: 500 } }}
                rows={page.items}
                rowKey={(row) => row.id}
                columns={[
                  {
                    title: 'Update',
                    wide: true,
                    cell: (row) => (row.release ? <Link to="/releases/$id" params={{ id: row.release }}>{`${row.name} ${row.version ?? ''}`}</Link> : `${row.name} ${row.version ?? ''}`),
                  },
                  {
                    title: 'Ends',
                    numeric: true,
                    cell: (row) => (
                      <>
                        <Count to="/findings" n={row.findings_ended} search={{ fix: row.id, query }} label={`${counted(row.findings_ended, 'finding')} of ${nameOf(row)}`} />
                        {row.exploited_ended > 0 && (
                          <>
                            , <Count to="/findings" n={row.exploited_ended} search={{ fix: row.id, query, exploited: 'true' }} label={`${counted(row.exploited_ended, 'exploited finding')} of ${nameOf(row)}`} /> exploited
                          </>
                        )}
                      </>
                    ),
                  },
                  {
                    title: 'Devices',
                    numeric: true,
                    cell: (row) => (
                      <Count n={row.devices} query={query} search={{ fix: row.id }} label={`${counted(row.devices, 'device')} of ${nameOf(row)}`} />
                    ),
                  },
                  { title: 'Risk removed', numeric: true, cell: (row) => `${grouped(row.risk_removed)} (${percent(row.risk_removed, page.total_risk)})` },
                  { title: 'Due', cell: (row) => (row.due ? <When at={row.due} /> : 'next upgrade') },
                  { title: 'Disruption', cell: (row) => disruption(row) },
                  { title: 'State', cell: (row) => <State value={row.state} words={stateWords(row.state)} /> },
                  {
                    title: 'Owner',
                    cell: (row) => (
                      <>
                        {row.owner ?? 'nobody named'}{' '}
                        {may('rollout.create') && (
                          <button onClick={() => setAssigning(row)} aria-label={`Assign ${nameOf(row)}`}>
                            Assign
                          </button>
                        )}
                      </>
                    ),
                  },
                  {
                    title: 'Why',
                    wide: true,
                    cell: (row) => (
                      <details>
                        <summary>Why</summary>
                        {row.sentence} {row.brings > 0 && `It brings ${counted(row.brings, 'finding')} that ${row.brings === 1 ? 'was' : 'were'} not there. `}It is placed by the risk that it removes, in points. <Link to="/help" search={{ tab: 'deciding' }}>How risk is counted</Link>
                      </details>
                    ),
                  },
                  {
                    title: 'Do',
                    cell: (row) => (
                      <>
                        {row.rollout && <Link to="/rollouts/$id" params={{ id: row.rollout.id }}>{row.rollout.name}</Link>}
                        {canPlan(row) && may('rollout.create') && (
                          <>
                            {row.rollout && ' · '}
                            <Link to="/rollouts/new" search={{ release: row.release ?? undefined, query }}>Plan</Link>{' '}
                          </>
                        )}
                        {row.kind === 'gap' && row.state === 'vendor' && may('release.create') && (
                          <button onClick={() => setBringing(row)} aria-label={`Bring in for ${row.name} …`}>
                            Bring in …
                          </button>
                        )}
                        {may('exception.ask') && (
                          <button onClick={() => setDeciding(row)} aria-label={`Accept, mitigate … what ${nameOf(row)} is about`}>
                            Accept, mitigate …
                          </button>
                        )}
                        {mayChange && (
                          <button onClick={() => setLooking(row)} aria-label={`Change devices … of ${nameOf(row)}`}>
                            Change devices …
                          </button>
                        )}
                        {!row.rollout && !mayChange && !canPlan(row) && !may('exception.ask') && !(row.kind === 'gap' && row.state === 'vendor') && '–'}
                      </>
                    ),
                  },
                ]}
              />
              <More list={fixes} what="updates" />
              <p className="quiet">
                Ends and brings count findings over all their devices; what no update ends stands with what is open. What is at the vendor and has a version is installed by the device's own update or by its management system.
              </p>
              {page.devices_without_fix > 0 && <p>For <Count n={page.devices_without_fix} noun="exposed device" query={query} part="without_fix" /> no update is known here.</p>}
              {page.unsupported > 0 && (
                <p>
                  <Count n={page.unsupported} noun="device" query={query} part="unsupported" /> {page.unsupported === 1 ? 'runs' : 'run'} something that its maker no longer mends: unsupported, and never clean. <Link to="/settings" search={{ tab: 'policies' }}>Until when what is mended</Link>
                </p>
              )}
            </>
          )
        }
      </Shown>
      {assigning && <AssignSheet fix={assigning} close={() => setAssigning(null)} />}
      {deciding && <DecideFix fix={deciding} within={within} close={() => setDeciding(null)} />}
      {looking && <DevicesOfFix fix={looking} within={within} close={() => setLooking(null)} />}
      {bringing && <BringInSheet fix={bringing} close={() => setBringing(null)} />}
    </>
  );
}
