// SPDX-License-Identifier: Apache-2.0
// Picture D: what ran, beneath it what was open by severity, and its updates as marks.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { exact, grouped } from '../../../shared/format';
import { Chart } from '../../../shared/ui/chart';
import { Shown } from '../../../shared/ui/states';
import { columnsOver, momentsOf, momentWords, bands, versionsOf } from '../strip';

const COLUMNS = 48;
const colours: Record<(typeof bands)[number], string> = { critical: '#a61b1b', high: '#d07a1c', medium: '#3d7ab5', low: '#8fa3b8', 'not scored': '#a99c86', 'cannot tell': '#8a6fc0' };

// All of them, as far as a picture needs; `more` says how many it does without.
interface Findings {
  items: Schema['Finding'][];
  more: number;
}
const MOST = 2000;
async function allFindings(id: string, signal: AbortSignal): Promise<Findings> {
  const items: Schema['Finding'][] = [];
  let cursor: string | null | undefined;
  let total: number | undefined;
  do {
    const page: Schema['FindingPage'] = await get(`/devices/${id}/findings`, { state: 'all', cursor, limit: 500 }, signal);
    items.push(...page.items);
    [cursor, total] = [page.next_cursor, page.total ?? total];
  } while (cursor && items.length < MOST);
  return { items, more: cursor ? Math.max(1, (total ?? 0) - items.length) : 0 };
}

function Drawn({ device, events, deployments, findings }: { device: Schema['Device']; events: Schema['DeviceEvent'][]; deployments: Schema['Deployment'][]; findings: Findings }) {
  const { moments, columns, ran } = useMemo(() => {
    const since = Date.parse(device.first_seen);
    const now = Date.now();
    const running = device.running_version ?? device.firmware_version ?? device.os_version ?? null;
    const moments = momentsOf({ events, findings: findings.items, deployments, running, since, now });
    return { moments, columns: columnsOver(moments, COLUMNS), ran: versionsOf(events, running, since, now) };
  }, [device, events, deployments, findings]);
  const when = (at: number) => exact(new Date(at).toISOString());
  const option = useMemo(
    () => ({
      grid: { left: 50, right: 10, top: 18, bottom: 22 },
      tooltip: { trigger: 'axis', showContent: false, axisPointer: { type: 'shadow' } },
      xAxis: { type: 'category', data: columns.map((column) => when(column.at)), axisTick: { show: false }, axisLabel: { interval: COLUMNS - 2, formatter: (text: string) => text.slice(0, 16), alignMinLabel: 'left', alignMaxLabel: 'right' } },
      yAxis: { type: 'value', min: 0, minInterval: 1 },
      series: bands.map((band, i) => ({
        name: band,
        type: 'bar',
        stack: 'open',
        barCategoryGap: '0%',
        data: columns.map((column) => column.by[band]),
        itemStyle: { color: colours[band] },
        ...(i === 0 && {
          markPoint: {
            silent: true,
            symbol: 'triangle',
            symbolSize: 11,
            label: { show: false },
            itemStyle: { color: '#2e7d4f' },
            data: columns.flatMap((column, at) => (column.happened.length > 0 ? [{ coord: [at, column.open] }] : [])),
          },
        }),
      })),
    }),
    [columns],
  );
  return (
    <>
      <div className="ran" role="img" aria-label={`Versions that ran: ${ran.map((each) => `${each.version} from ${when(each.from)}`).join(', ')}`}>
        {ran.map((each) => (
          <span key={each.from} style={{ flexGrow: each.to - each.from }} title={`${each.version}, from ${when(each.from)}`}>
            {each.version}
          </span>
        ))}
      </div>
      <Chart
        label="What was open over time"
        option={option}
        height={150}
        places={{ label: 'Moment', sentences: columns.map((column) => momentWords(column, when(column.at))) }}
        twin={{
          rows: [...moments].reverse(),
          rowKey: (row) => String(row.at),
          columns: [
            { title: 'When', cell: (row) => when(row.at) },
            { title: 'Ran', cell: (row) => row.version },
            ...bands.map((band) => ({ title: band, numeric: true, cell: (row: (typeof moments)[number]) => grouped(row.by[band]) })),
            { title: 'Exploited', numeric: true, cell: (row) => grouped(row.exploited) },
            { title: 'What happened', wide: true, cell: (row) => row.happened.join('; ') || '–' },
          ],
        }}
      />
      <p className="quiet">
        {bands.map((band) => (
          <span key={band} className="hue" style={{ borderColor: colours[band] }}>
            {band}
          </span>
        ))}{' '}
        ▲ an update. Since it was first seen, {when(Date.parse(device.first_seen))}.
        {findings.more > 0 && ` The ${grouped(findings.items.length)} gravest findings are counted, ${grouped(findings.more)} more are not.`}
      </p>
    </>
  );
}

export function Strip({ device }: { device: Schema['Device'] }) {
  const id = device.id;
  const history = useQuery({ queryKey: ['device', id, 'history', 'strip'], queryFn: ({ signal }) => get<Schema['DeviceEventPage']>(`/devices/${id}/history`, { limit: 500 }, signal) });
  const updates = useQuery({ queryKey: ['device', id, 'updates'], queryFn: ({ signal }) => get<Schema['DeploymentPage']>(`/devices/${id}/deployments`, { limit: 50 }, signal) });
  const findings = useQuery({ queryKey: ['device', id, 'findings', 'strip'], queryFn: ({ signal }) => allFindings(id, signal) });
  return (
    <section aria-labelledby="over-time">
      <h2 id="over-time">Over time</h2>
      <Shown query={history} what="what ran">
        {(events) => (
          <Shown query={updates} what="its updates">
            {(deployments) => <Shown query={findings} what="what was open">{(found) => <Drawn device={device} events={events.items} deployments={deployments.items} findings={found} />}</Shown>}
          </Shown>
        )}
      </Shown>
    </section>
  );
}
