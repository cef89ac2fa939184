// SPDX-License-Identifier: Apache-2.0
// Picture E: the adoption of versions over time, of one model.
import { useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { get } from '../../../shared/api/client';
import { useMe } from '../../../shared/api/me';
import { grouped } from '../../../shared/format';
import { option } from '../../../shared/shell';
import { Chart } from '../../../shared/ui/chart';
import { Shown } from '../../../shared/ui/states';
import { daySentence, keptSentence, lookOf, moved, pictureOf, type Adoption } from '../adoption';

function Drawn({ adoption, always }: { adoption: Adoption; always?: string }) {
  const picture = useMemo(() => pictureOf(adoption, always), [adoption, always]);
  const { series, days } = picture;
  const drawn = useMemo(
    () => ({
      grid: { left: 8, right: 15, top: 15, bottom: 5, containLabel: true },
      tooltip: { trigger: 'axis', showContent: false, axisPointer: { type: 'shadow' } },
      xAxis: { type: 'category', data: days.map((each) => each.day) },
      yAxis: { type: 'value', min: 0, minInterval: 1, axisLabel: { formatter: (value: number) => grouped(value) } },
      series: series.map((each, i) => {
        const { color, framed } = lookOf(series, i);
        return {
          name: each.words,
          type: 'bar',
          stack: 'devices',
          barMaxWidth: 36,
          itemStyle: framed ? { color: 'transparent', borderColor: color, borderType: 'dashed', borderWidth: 1.5 } : { color },
          data: days.map((day) => (day.devices === null ? null : (day.counts[each.key] ?? 0))),
        };
      }),
    }),
    [series, days],
  );
  const model = adoption.model ?? 'devices of no known model';
  const change = always === undefined ? null : moved(picture, always);
  if (days.length === 0)
    return <p className="quiet">{picture.full ? 'Nothing was counted on these days, or this was not among the 100 models with most devices, which alone are kept.' : 'Nothing was counted on these days; the first figures come within a minute.'}</p>;
  return (
    <>
      {adoption.held && (
        <p className="notice" role="alert">
          {adoption.held}
        </p>
      )}
      {change && <p>{change}</p>}
      <ul className="keys" aria-label={`Versions of ${model} in the picture`}>
        {series.map((each, i) => {
          const { color, framed } = lookOf(series, i);
          return (
            <li key={each.key}>
              <span aria-hidden="true" className="swatch" style={framed ? { border: `1.5px dashed ${color}` } : { background: color }} /> {each.words}
            </li>
          );
        })}
      </ul>
      <Chart
        label={`Versions of ${model} over time`}
        option={drawn}
        places={{ label: `Day, versions of ${model}`, sentences: days.map((day) => daySentence(picture, day)) }}
        twin={{
          same: { command: `oakum report adoption${option('model', adoption.model ?? undefined)}`, path: '/adoption', parameters: { model: adoption.model ?? '' } },
          rows: [...days].reverse(),
          rowKey: (row) => row.day,
          columns: [
            { title: 'Day', cell: (row) => row.day },
            { title: 'Devices', numeric: true, cell: (row) => (row.devices === null ? '–' : grouped(row.devices)) },
            ...series.map((each) => ({ title: each.words, numeric: true, cell: (row: (typeof days)[number]) => (row.devices === null ? '–' : grouped(row.counts[each.key] ?? 0)) })),
          ],
        }}
      />
      <p className="quiet">{keptSentence(picture)}</p>
    </>
  );
}

// `model`: nothing asks for the one with most devices. `choose`: what stands before the picture, such as a choice of models.
export function AdoptionOverTime({ model, always, choose }: { model?: string; always?: string; choose?: (adoption: Adoption) => ReactNode }) {
  const whole = useMe().data?.scope.length === 0;
  const query = useQuery({ queryKey: ['figures', 'adoption', model], enabled: whole, queryFn: ({ signal }) => get<Adoption>('/adoption', { model }, signal) });
  if (!whole) return <p className="quiet">Which versions ran when is kept of the whole fleet, and you see some groups of it.</p>;
  return (
    <Shown query={query} what="which versions ran when">
      {(adoption) => (
        <>
          {choose?.(adoption)}
          <Drawn adoption={adoption} always={always} />
        </>
      )}
    </Shown>
  );
}
