// SPDX-License-Identifier: Apache-2.0
// A plan, rehearsed before it starts: played by the server in virtual time, when somebody asks for it.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { grouped } from '../../../shared/format';
import { word } from '../../../shared/shell';
import { Chart } from '../../../shared/ui/chart';
import type { SameAs } from '../../../shared/ui/same';
import { Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { badRows, curve, percent, span, timeRows, type Rehearsal as Played } from '../rehearsal';

function Result({ rollout, played }: { rollout: Schema['Rollout']; played: Played }) {
  const option = useMemo(() => curve(played), [played]);
  const same: SameAs = { command: `oakum rollout export ${word(rollout.name)} | oakum rollout simulate -f -`, one: true, path: `/rollouts/${rollout.id}/rehearsal` };
  return (
    <>
      <p>
        <strong>{played.sentence}</strong>
      </p>
      {played.warnings.map((warning) => (
        <p key={warning} className="notice">
          {warning}
        </p>
      ))}
      {played.fleet.devices > 0 && (
        <>
          <Table
            label="How long it takes"
            same={same}
            rows={timeRows(played)}
            rowKey={(row) => row.what}
            columns={[
              { title: 'What', cell: (row) => row.what },
              { title: 'Half of the runs (nine of ten)', cell: (row) => row.value },
            ]}
          />
          <Chart
            label="Devices that are patched"
            option={option}
            twin={{
              rows: played.curve,
              rowKey: (row) => String(row.seconds),
              columns: [
                { title: 'After', cell: (row) => span(row.seconds) },
                { title: 'Patched', numeric: true, cell: (row) => percent(row.patched_share) },
                { title: 'Devices still open', numeric: true, cell: (row) => grouped(row.devices_open) },
              ],
            }}
          />
          <h3>What a bad release would get to</h3>
          <Table
            label="What a bad release would get to"
            same={same}
            rows={badRows(played)}
            rowKey={(row) => row.fails}
            columns={[
              { title: 'Fails on', numeric: true, cell: (row) => row.fails },
              { title: 'Halted in', cell: (row) => row.halted },
              { title: 'After', cell: (row) => row.after },
              { title: 'Devices that it reaches', numeric: true, cell: (row) => row.reaches },
              { title: 'Broken', numeric: true, cell: (row) => row.broken },
              { title: 'Gone', numeric: true, cell: (row) => row.gone },
            ]}
          />
        </>
      )}
      <details>
        <summary>What was assumed</summary>
        <ul>
          {played.assumed.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
          <li>
            Try other numbers, other plans and larger fleets: <code>oakum rollout simulate</code>. <Link to="/help" search={{ tab: 'rehearsal' }}>How to rehearse</Link>
          </li>
        </ul>
      </details>
    </>
  );
}

export function Rehearsal({ rollout }: { rollout: Schema['Rollout'] }) {
  const [asked, ask] = useState(false);
  const played = useQuery({ queryKey: ['rehearsal', rollout.id], queryFn: ({ signal }) => get<Played>(`/rollouts/${rollout.id}/rehearsal`, {}, signal), enabled: asked, staleTime: 60_000, retry: false });
  return (
    <section aria-labelledby="rehearsal">
      <h2 id="rehearsal">Rehearsal</h2>
      {asked ? (
        <Shown query={played} what="the rehearsal">
          {(data) => <Result rollout={rollout} played={data} />}
        </Shown>
      ) : (
        <>
          <p className="quiet">Played in virtual time with the devices, windows and budgets of now: how long it would take, and what a bad release would get to. Nothing is started.</p>
          <button onClick={() => ask(true)}>Rehearse it</button>
        </>
      )}
    </section>
  );
}
