// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { grouped } from '../../../shared/format';
import { useScope } from '../../../shared/scope';
import { option } from '../../../shared/shell';
import { Exploited, PartsBar, Severity, State } from '../../../shared/ui/badges';
import { Chart } from '../../../shared/ui/chart';
import { Count } from '../../../shared/ui/count';
import { Scoped } from '../../../shared/ui/scoped';
import { Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { FourFigures, RiskOverTime } from './History';
import { NeedsYou } from './NeedsYou';
import { SetUpSummary, Welcome } from './Welcome';
import { funnel, parts, type Exposure } from '../model';

export function Funnel({ exposure }: { exposure: Exposure }) {
  const { steps, gap } = funnel(exposure);
  const option = useMemo(
    () => ({
      grid: { left: 90, right: 60, top: 5, bottom: 5 },
      xAxis: { type: 'value', show: false },
      yAxis: { type: 'category', inverse: true, data: steps.map((step) => step.name), axisTick: { show: false }, axisLine: { show: false } },
      series: [
        {
          type: 'bar',
          data: steps.map((step) => step.devices),
          barWidth: 16,
          label: { show: true, position: 'right', formatter: ({ value }: { value: number }) => grouped(value) },
          itemStyle: { color: '#3d7ab5' },
        },
      ],
    }),
    [JSON.stringify(steps)],
  );
  return (
    <section aria-labelledby="funnel">
      <h2 id="funnel">From affected to verified</h2>
      {gap && <p>{gap}</p>}
      <Chart
        label="Devices from affected to verified"
        option={option}
        height={180}
        twin={{
          rows: steps,
          rowKey: (row) => row.name,
          columns: [
            { title: 'Step', cell: (row) => row.name },
            { title: 'Devices', numeric: true, cell: (row) => <Count n={row.devices} {...row.those} label={`${row.name}: ${grouped(row.devices)}`} /> },
          ],
        }}
      />
      <ol className="steps" aria-label="Steps">
        {steps.map((step) => (
          <li key={step.name}>
            {step.name} <Count n={step.devices} {...step.those} label={`${grouped(step.devices)} ${step.name}`} />
          </li>
        ))}
      </ol>
      <p className="quiet">Devices that are exposed now, and those that were offered an update; each step is a part of the one above it.</p>
    </section>
  );
}

// What is being done about it.
function Running() {
  const list = useQuery({ queryKey: ['rollouts', 'running'], queryFn: ({ signal }) => get<Schema['RolloutPage']>('/rollouts', { state: 'running', limit: 1 }, signal) });
  if (list.isError) return <>Whether rollouts run could not be read.</>;
  const running = list.data?.total ?? 0;
  return running === 0 ? null : (
    <>
      <Count to="/rollouts" search={{ only: 'running' }} n={running} noun="rollout" /> {running === 1 ? 'runs' : 'run'}.
    </>
  );
}

export function useExposure() {
  const { scope } = useScope();
  return useQuery({ queryKey: ['exposure', scope], queryFn: ({ signal }) => get<Exposure>('/exposure', { query: scope }, signal) });
}

export function Home() {
  const { scope } = useScope();
  const exposure = useExposure();
  const rollouts = useQuery({ queryKey: ['rollouts', 'home'], queryFn: ({ signal }) => get<Schema['RolloutPage']>('/rollouts', { limit: 6 }, signal) });
  const system = useQuery({ queryKey: ['system'], queryFn: ({ signal }) => get<Schema['System']>('/system', {}, signal) });
  return (
    <>
      <h1>Are we safe?</h1>
      <Scoped />
      <Shown query={exposure} what="the fleet's exposure">
        {(data) =>
          data.devices === 0 && scope === undefined ? (
            <>
              <Welcome />
              <NeedsYou quiet />
            </>
          ) : (
            <>
              <p className="lead">
                {data.sentence} <Running />
              </p>
              <FourFigures exposure={data} />
              <PartsBar label="Devices" parts={parts(data)} />
              <h2>Needs you</h2>
              <NeedsYou />
              {system.data && <SetUpSummary system={system.data} />}
              <RiskOverTime exposure={data} />
              <Funnel exposure={data} />
              <h2>Exposed to, worst first</h2>
              <Table
                label="Vulnerabilities, worst first"
                same={{ command: `oakum exposure show${option('query', scope)}`, one: true, path: '/exposure', parameters: { query: scope } }}
                rows={data.top_advisories}
                rowKey={(row) => row.id}
                columns={[
                  { title: 'Vulnerability', cell: (row) => <Link to="/vulnerabilities/$id" params={{ id: row.id }}>{row.id}</Link> },
                  { title: 'Severity', cell: (row) => <Severity value={row.severity} /> },
                  { title: 'Exploited', cell: (row) => <Exploited value={row.exploited} /> },
                  { title: 'Devices', numeric: true, cell: (row) => <Count n={row.affected} query={`finding = ${row.id}`} /> },
                  { title: 'Cannot tell', numeric: true, cell: (row) => <Count n={row.cannot_tell} query={`finding = ${row.id}`} part="unknown" /> },
                  { title: 'What', wide: true, cell: (row) => row.title },
                ]}
              />
              <h2 id="cannot-see">What we cannot see</h2>
              <ul>
                <li>
                  <Count n={data.cannot_tell} noun="device" query="cannot_tell" /> cannot be told; <Count n={data.blind_spots.no_software} part="no_software" /> of them {data.blind_spots.no_software === 1 ? 'reports' : 'report'} no software, and no SBOM is attached to what they run: <code>oakum sbom attach FILE --model M --version V</code>
                </li>
                {data.blind_spots.not_assessed > 0 && (
                  <li>Of <Count n={data.blind_spots.not_assessed} noun="device" part="not_assessed" /> of them no part of the software could be assessed: it has no identifier that advisories use, or there are none of its kind here. Each part's reason: <code>oakum scan FILE --advisories advisories.oadb</code></li>
                )}
                {data.cannot_tell > data.blind_spots.no_software + data.blind_spots.not_assessed && (
                  <li>For <Count n={data.cannot_tell - data.blind_spots.no_software - data.blind_spots.not_assessed} noun="device" part="unclear" /> of them nothing is known to be open, but for some components the data does not say.</li>
                )}
                {data.blind_spots.partly_assessed > 0 && (
                  <li><Count n={data.blind_spots.partly_assessed} noun="device" part="partly_assessed" /> {data.blind_spots.partly_assessed === 1 ? 'has' : 'have'} parts that could not be assessed beside what could; what is told of {data.blind_spots.partly_assessed === 1 ? 'it' : 'them'} is of the rest.</li>
                )}
                <li>
                  <Count n={data.blind_spots.quiet} noun="device" query="lifecycle = quiet" /> {data.blind_spots.quiet === 1 ? 'has' : 'have'} been quiet for too long.
                </li>
                <li>
                  For <Count n={data.blind_spots.assumed_exposure} noun="device" query="not exists(exposure)" /> nobody said how exposed they are; they count as exposed, and <Count to="/findings" search={{ only: 'assumed' }} n={data.blind_spots.deadlines_on_assumption} noun="deadline" /> rest{data.blind_spots.deadlines_on_assumption === 1 ? 's' : ''} on that. <Link to="/settings" search={{ tab: 'policies' }}>Settle it by subnet, zone or site</Link>
                </li>
                {data.blind_spots.unsupported > 0 && (
                  <li>
                    <Count n={data.blind_spots.unsupported} noun="device" part="unsupported" /> {data.blind_spots.unsupported === 1 ? 'is' : 'are'} unsupported: the makers mend what {data.blind_spots.unsupported === 1 ? 'it is or runs' : 'they are or run'} no longer, so {data.blind_spots.unsupported === 1 ? 'it is' : 'they are'} never clean. <Link to="/settings" search={{ tab: 'policies' }}>Until when what is mended</Link>
                  </li>
                )}
                {data.blind_spots.unmanaged > 0 && (
                  <li>
                    <Count n={data.blind_spots.unmanaged} noun="device" query="lifecycle = unmanaged" /> {data.blind_spots.unmanaged === 1 ? 'was' : 'were'} only seen on the network: nobody manages {data.blind_spots.unmanaged === 1 ? 'it' : 'them'}, and no figure counts {data.blind_spots.unmanaged === 1 ? 'it' : 'them'}.
                  </li>
                )}
                {data.blind_spots.stale_feeds.length > 0 && (
                  <li>
                    These <Link to="/settings">sources</Link> are older than a week: {data.blind_spots.stale_feeds.join(', ')}.
                  </li>
                )}
              </ul>
            </>
          )
        }
      </Shown>
      <h2>Rollouts</h2>
      <Shown query={rollouts} what="rollouts">
        {(page) =>
          page.items.length === 0 ? (
            <p className="quiet">
              None yet. <Link to="/fixes">Fixes</Link> says what to begin with.
            </p>
          ) : (
            <ul>
              {page.items.slice(0, 5).map((row) => (
                <li key={row.id}>
                  <State value={row.state} /> <Link to="/rollouts/$id" params={{ id: row.id }}>{row.name}</Link>: {row.sentence}
                </li>
              ))}
              {page.items.length > 5 && (
                <li>
                  <Link to="/rollouts">All rollouts</Link>
                </li>
              )}
            </ul>
          )
        }
      </Shown>
    </>
  );
}
