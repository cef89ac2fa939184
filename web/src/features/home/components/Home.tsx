// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { grouped, oneDecimal } from '../../../shared/format';
import { Exploited, PartsBar, Severity } from '../../../shared/ui/badges';
import { Chart } from '../../../shared/ui/chart';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { funnel, parts, type Exposure } from '../model';

function Funnel({ exposure }: { exposure: Exposure }) {
  const { steps, gap } = funnel(exposure);
  const option = useMemo(
    () => ({
      grid: { left: 110, right: 60, top: 5, bottom: 5 },
      xAxis: { type: 'value', show: false },
      yAxis: { type: 'category', inverse: true, data: steps.map((step) => step.name), axisTick: { show: false }, axisLine: { show: false } },
      series: [{ type: 'bar', data: steps.map((step) => step.devices), barWidth: 16, label: { show: true, position: 'right' }, itemStyle: { color: '#3d7ab5' } }],
    }),
    [JSON.stringify(steps)],
  );
  return (
    <section aria-labelledby="funnel">
      <h2 id="funnel">From affected to verified</h2>
      <Chart label={steps.map((step) => `${step.name} ${step.devices}`).join(', ')} option={option} height={180} />
      {gap && <p>{gap}</p>}
    </section>
  );
}

export function Home() {
  const exposure = useQuery({ queryKey: ['exposure'], queryFn: ({ signal }) => get<Exposure>('/exposure', {}, signal) });
  const rollouts = useQuery({ queryKey: ['rollouts', 'home'], queryFn: ({ signal }) => get<Schema['RolloutPage']>('/rollouts', { limit: 5 }, signal) });
  return (
    <>
      <h1>Are we safe?</h1>
      <Shown query={exposure} what="the fleet's exposure">
        {(data) =>
          data.devices === 0 ? (
            <Empty title="No device yet">
              <p>Import devices from a CSV file, or enrol one:</p>
              <pre>oakum device import devices.csv{'\n'}oakum enrolment create --label first --uses 1 --hours 24</pre>
            </Empty>
          ) : (
            <>
              <p className="lead">{data.sentence}</p>
              <div className="figures">
                <Link to="/devices" search={{ query: 'kev' }} className="figure">
                  <strong>{grouped(data.exploited_open_devices)}</strong>
                  <span>devices open to something exploited</span>
                </Link>
                <Link to="/vulnerabilities" className="figure">
                  <strong>{grouped(data.findings_open)}</strong>
                  <span>findings open</span>
                </Link>
                <Link to="/fixes" className="figure">
                  <strong>{oneDecimal(data.risk)}</strong>
                  <span>risk, in points</span>
                </Link>
                <Link to="/devices" className="figure">
                  <strong>{grouped(data.cannot_tell)}</strong>
                  <span>devices for which we cannot tell</span>
                </Link>
              </div>
              <PartsBar label="Devices" parts={parts(data)} />
              <Funnel exposure={data} />
              <h2>Exposed to, worst first</h2>
              <Table
                label="Vulnerabilities, worst first"
                rows={data.top_advisories}
                rowKey={(row) => row.id}
                columns={[
                  { title: 'Vulnerability', cell: (row) => <Link to="/vulnerabilities/$id" params={{ id: row.id }}>{row.id}</Link> },
                  { title: 'Severity', cell: (row) => <Severity value={row.severity} /> },
                  { title: 'Exploited', cell: (row) => <Exploited value={row.exploited} /> },
                  { title: 'Devices', numeric: true, cell: (row) => grouped(row.affected) },
                  { title: 'Cannot tell', numeric: true, cell: (row) => grouped(row.cannot_tell) },
                  { title: 'What', wide: true, cell: (row) => row.title },
                ]}
              />
              <h2>What we cannot see</h2>
              <ul>
                <li>{grouped(data.blind_spots.no_software)} devices report no software, and no SBOM is attached to what they run.</li>
                <li>{grouped(data.blind_spots.quiet)} devices have been quiet for too long.</li>
                <li>For {grouped(data.blind_spots.assumed_exposure)} devices nobody said how exposed they are; the middle is assumed.</li>
                {data.blind_spots.stale_feeds.length > 0 && <li>These sources are older than a week: {data.blind_spots.stale_feeds.join(', ')}.</li>}
              </ul>
            </>
          )
        }
      </Shown>
      <h2>Rollouts</h2>
      <Shown query={rollouts} what="rollouts">
        {(page) =>
          page.items.length === 0 ? (
            <p className="quiet">None yet. <Link to="/fixes">Fixes</Link> says what to begin with.</p>
          ) : (
            <ul>
              {page.items.map((row) => (
                <li key={row.id}>
                  <Link to="/rollouts/$id" params={{ id: row.id }}>{row.name}</Link>: {row.sentence}
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </>
  );
}
