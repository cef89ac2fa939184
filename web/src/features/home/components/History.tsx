// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { useMe } from '../../../shared/api/me';
import { useFigures } from '../../../shared/figures';
import { grouped } from '../../../shared/format';
import { useScope } from '../../../shared/scope';
import { option } from '../../../shared/shell';
import { Count } from '../../../shared/ui/count';
import { Chart, Picture } from '../../../shared/ui/chart';
import { Shown } from '../../../shared/ui/states';
import { Unkept } from '../../../shared/ui/unkept';
import { daysOf, moved, shapeOf, trend, verifiedInWeek, verifiedNow, type Day, type DayFigures, type Figures } from '../history';
import type { Exposure } from '../model';

// The last days of a figure, without axes: its words say what it shows.
function Spark({ label, values }: { label: string; values: (number | null)[] }) {
  const option = useMemo(
    () => ({
      grid: { left: 2, right: 2, top: 3, bottom: 3 },
      xAxis: { type: 'category', show: false, data: values.map((_, i) => i), boundaryGap: false },
      yAxis: { type: 'value', show: false, min: 0 },
      series: [{ type: 'line', data: values, showSymbol: false, silent: true, lineStyle: { width: 1.5, color: '#3d7ab5' }, areaStyle: { color: '#3d7ab5', opacity: 0.15 } }],
    }),
    [JSON.stringify(values)],
  );
  return values.filter((value) => value !== null).length < 2 ? null : <Picture label={label} option={option} height={32} />;
}

// Of a figure: what could not be read. A figure that is on its way is no error.
interface Failed {
  now?: boolean;
  days: boolean;
}

function Figure({ value, failed, what, of, days, values, to, search }: { value: number | null; failed: Failed; what: string; of: string; days: Day[]; values: (number | null)[]; to: '/devices' | '/rollouts'; search?: { query?: string } }) {
  const words = failed.now ? 'it could not be read' : failed.days ? 'how it went could not be read' : of + trend(days, values).words;
  return (
    <Link to={to} search={search} className="figure" data-counts={to === '/devices' && value !== null ? value : undefined}>
      <strong>{value === null ? (failed.now ? '?' : '–') : grouped(value)}</strong>
      <span>{what}</span>
      <span className="trend">{words}</span>
      <Spark label={`${what}: ${words}`} values={values} />
    </Link>
  );
}

// The four figures, each with how it went. Who sees several groups gets the numbers of all of them; how they went is
// kept of each group alone, and says of which one it is. Of a scope that is no group nothing is kept.
export function FourFigures({ exposure }: { exposure: Exposure }) {
  const { scope, narrow } = useScope();
  const several = (useMe().data?.scope.length ?? 0) > 1 && scope === undefined;
  const { query, kept } = useFigures();
  const overdueNow = useQuery({ queryKey: ['devices', 'overdue', scope], queryFn: ({ signal }) => get<Schema['QueryPreview']>('/query/preview', { query: narrow('overdue') }, signal) });
  const figures = kept ? query.data : undefined;
  const days = figures ? daysOf(figures) : [];
  const values = (key: keyof DayFigures) => days.map((each) => (each.figures ? Number(each.figures[key]) : null));
  const overdue = overdueNow.data?.count ?? null;
  const verified = verifiedNow(days);
  const group = several ? figures?.group?.name : undefined;
  const of = group ? `${group}: ` : '';
  const failed = { days: query.isError };
  return (
    <div className="figures">
      <Figure value={exposure.exploited_open_devices} failed={failed} what={exposure.exploited_open_devices === 1 ? 'device open to something exploited' : 'devices open to something exploited'} of={of} days={days} values={values('exploited')} to="/devices" search={{ query: 'kev' }} />
      <Figure value={overdue} failed={{ ...failed, now: overdueNow.isError }} what={overdue === 1 ? 'device overdue' : 'devices overdue'} of={of} days={days} values={values('overdue')} to="/devices" search={{ query: 'overdue' }} />
      <Figure value={verified} failed={{ ...failed, now: query.isError && verified === null }} what={`${verified === 1 ? 'update' : 'updates'} verified in seven days${group ? ` in ${group}` : ''}`} of={of} days={days} values={verifiedInWeek(days)} to="/rollouts" />
      <Figure value={exposure.cannot_tell} failed={failed} what={exposure.cannot_tell === 1 ? 'device for which we cannot tell' : 'devices for which we cannot tell'} of={of} days={days} values={values('cannot_tell')} to="/devices" search={{ query: 'cannot_tell' }} />
    </div>
  );
}

// Picture A: open risk over time, and what moved it.
export function RiskOverTime({ exposure }: { exposure: Exposure }) {
  const { query, kept } = useFigures();
  return (
    <section aria-labelledby="risk-over-time">
      <h2 id="risk-over-time">Open risk over time</h2>
      <p>
        <Count to="/findings" n={exposure.findings_open} noun="finding open" nouns="findings open" />, together <Link to="/fixes">{grouped(exposure.risk)} points of risk</Link> now.
      </p>
      {kept ? <Shown query={query} what="the figures of the last days">{(figures) => <Risk figures={figures} />}</Shown> : <Unkept />}
    </section>
  );
}

function Risk({ figures }: { figures: Figures }) {
  const days = useMemo(() => daysOf(figures), [figures]);
  const drawn = useMemo(
    () => ({
      grid: { left: 8, right: 15, top: 15, bottom: 5, containLabel: true },
      tooltip: { trigger: 'axis', showContent: false, axisPointer: { type: 'line' } },
      xAxis: { type: 'category', data: days.map((each) => each.day), boundaryGap: days.length === 1 },
      yAxis: { type: 'value', min: 0, axisLabel: { formatter: (value: number) => grouped(value) } },
      series: [
        {
          type: 'line',
          data: days.map((each) => (each.figures ? Math.round(each.figures.risk) : null)),
          symbolSize: 5,
          lineStyle: { color: '#3d7ab5' },
          itemStyle: { color: '#3d7ab5' },
          areaStyle: { color: '#3d7ab5', opacity: 0.15 },
          markPoint: {
            silent: true,
            symbolSize: 12,
            label: { show: false },
            data: days.flatMap((each, i) => {
              const shape = shapeOf(each.marks);
              return shape ? [{ coord: [i, each.figures ? Math.round(each.figures.risk) : 0], symbol: shape.symbol, itemStyle: { color: shape.color } }] : [];
            }),
          },
        },
      ],
    }),
    [days],
  );
  if (days.length === 0) return <p className="quiet">Nothing was counted yet; the first figures come within a minute.</p>;
  return (
    <>
      {figures.held && (
        <p className="notice" role="alert">
          {figures.held}
        </p>
      )}
      <Chart
        label={figures.group ? `Open risk of ${figures.group.name} over time` : 'Open risk over time'}
        option={drawn}
        places={{ label: 'Day', sentences: days.map((_, i) => moved(days, i)) }}
        twin={{
          same: { command: `oakum figures show${option('group', figures.group?.name)}`, path: '/figures', parameters: { group: figures.group?.id } },
          rows: [...days].reverse(),
          rowKey: (row) => row.day,
          columns: [
            { title: 'Day', cell: (row) => row.day },
            { title: 'Risk', numeric: true, cell: (row) => (row.figures ? grouped(row.figures.risk) : '–') },
            { title: 'Findings open', numeric: true, cell: (row) => (row.figures ? grouped(row.figures.findings_open) : '–') },
            { title: 'Exploited', numeric: true, cell: (row) => (row.figures ? grouped(row.figures.exploited) : '–') },
            { title: 'Overdue', numeric: true, cell: (row) => (row.figures ? grouped(row.figures.overdue) : '–') },
            { title: 'Cannot tell', numeric: true, cell: (row) => (row.figures ? grouped(row.figures.cannot_tell) : '–') },
            { title: 'Verified', numeric: true, cell: (row) => (row.figures ? grouped(row.figures.verified) : '–') },
            { title: 'What happened', wide: true, cell: (row) => row.marks.map((mark) => mark.sentence).join(' ') },
          ],
        }}
      />
      <p className="quiet">
        ▲ something exploited was found open, ● a rollout started or ended, ◆ advisories or devices were imported. {figures.group && `Of the group ${figures.group.name}. `}Counted since {figures.first_day}.
      </p>
    </>
  );
}
