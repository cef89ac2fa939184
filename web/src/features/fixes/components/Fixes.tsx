// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { grouped, oneDecimal, percent } from '../../../shared/format';
import { State } from '../../../shared/ui/badges';
import { Chart } from '../../../shared/ui/chart';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { headline } from '../model';

type Page = Schema['FixPage'];

function Cumulated({ page }: { page: Page }) {
  const data = page.items.map((fix) => (page.total_risk === 0 ? 0 : Math.round((1000 * fix.cumulative_risk_removed) / page.total_risk) / 10));
  const option = useMemo(
    () => ({
      grid: { left: 45, right: 15, top: 15, bottom: 25 },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: data.map((_, i) => String(i + 1)), name: 'updates' },
      yAxis: { type: 'value', max: 100, axisLabel: { formatter: '{value} %' } },
      series: [{ type: 'line', step: 'end', data, areaStyle: { opacity: 0.2 }, itemStyle: { color: '#3d7ab5' } }],
    }),
    [JSON.stringify(data)],
  );
  return <Chart label={`Cumulated risk removed by update: ${data.map((value) => `${value} %`).join(', ')}`} option={option} height={200} />;
}

export function Fixes() {
  const { query } = useSearch({ strict: false }) as { query?: string };
  const fixes = useQuery({ queryKey: ['fixes', query], queryFn: ({ signal }) => get<Page>('/fixes', { query, limit: 100 }, signal) });
  return (
    <>
      <h1>What to fix first</h1>
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
              <Table
                label="Updates by risk removed"
                rows={page.items}
                rowKey={(row) => row.id}
                columns={[
                  { title: 'Update', cell: (row) => `${row.name} ${row.version ?? ''}` },
                  { title: 'Risk removed', numeric: true, cell: (row) => oneDecimal(row.risk_removed) },
                  { title: 'Share', numeric: true, cell: (row) => percent(row.risk_removed, page.total_risk) },
                  { title: 'Devices', numeric: true, cell: (row) => grouped(row.devices) },
                  { title: 'Ends', numeric: true, cell: (row) => grouped(row.findings_ended) },
                  { title: 'Exploited', numeric: true, cell: (row) => grouped(row.exploited_ended) },
                  { title: 'Brings', numeric: true, cell: (row) => grouped(row.brings) },
                  { title: 'State', cell: (row) => <State value={row.state} /> },
                  { title: 'Rollout', cell: (row) => (row.rollout ? <Link to="/rollouts/$id" params={{ id: row.rollout.id }}>{row.rollout.name}</Link> : '–') },
                ]}
              />
              {page.devices_without_fix > 0 && <p>For {grouped(page.devices_without_fix)} exposed devices no update is known here.</p>}
              <p className="quiet">The same on the command line: <code>oakum fix list</code></p>
            </>
          )
        }
      </Shown>
    </>
  );
}
