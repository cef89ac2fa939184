// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { grouped, percent } from '../../../shared/format';
import { useScope } from '../../../shared/scope';
import { option } from '../../../shared/shell';
import { State } from '../../../shared/ui/badges';
import { Chart } from '../../../shared/ui/chart';
import { Scoped } from '../../../shared/ui/scoped';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { SavedViews } from '../../../shared/ui/savedviews';
import { canPlan, curve, headline, stateWords, withWindows } from '../model';

type Page = Schema['FixPage'];

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

export function Fixes() {
  const { query } = useSearch({ strict: false }) as { query?: string };
  const within = useScope().narrow(query);
  const may = useMay();
  const fixes = useQuery({ queryKey: ['fixes', within], queryFn: ({ signal }) => get<Page>('/fixes', { query: within, limit: 100 }, signal) });
  return (
    <>
      <h1>What to fix first</h1>
      <Scoped />
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
              <Cumulated page={page} />
              <p className="quiet">How many windows are there this week? Point at a bar, or go through them with the arrow keys: an update takes one window.</p>
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
                  { title: 'Risk removed', numeric: true, cell: (row) => `${grouped(row.risk_removed)} (${percent(row.risk_removed, page.total_risk)})` },
                  { title: 'Devices', numeric: true, cell: (row) => grouped(row.devices) },
                  { title: 'Ends', numeric: true, cell: (row) => grouped(row.findings_ended) },
                  { title: 'Exploited', numeric: true, cell: (row) => grouped(row.exploited_ended) },
                  { title: 'Brings', numeric: true, cell: (row) => (row.kind === 'release' ? grouped(row.brings) : '–') },
                  { title: 'State', cell: (row) => <State value={row.state} words={stateWords(row.state)} /> },
                  {
                    title: 'Why',
                    wide: true,
                    cell: (row) => (
                      <details>
                        <summary>Why</summary>
                        {row.sentence} It is placed by the risk that it removes from devices on which nothing above it did. <Link to="/help" search={{ tab: 'concepts' }}>How risk is counted</Link>
                      </details>
                    ),
                  },
                  {
                    title: 'Rollout',
                    cell: (row) => (
                      <>
                        {row.rollout && <Link to="/rollouts/$id" params={{ id: row.rollout.id }}>{row.rollout.name}</Link>}
                        {canPlan(row) && may('rollout.create') && (
                          <>
                            {row.rollout && ' · '}
                            <Link to="/rollouts/new" search={{ release: row.release ?? undefined, query }}>Plan</Link>
                          </>
                        )}
                        {!row.rollout && !canPlan(row) && '–'}
                      </>
                    ),
                  },
                ]}
              />
              <p className="quiet">
                Ends and brings count findings over all their devices. What is at the vendor is installed by the device's own update or by its management system.
              </p>
              {page.devices_without_fix > 0 && <p>For {grouped(page.devices_without_fix)} exposed devices no update is known here.</p>}
            </>
          )
        }
      </Shown>
    </>
  );
}
