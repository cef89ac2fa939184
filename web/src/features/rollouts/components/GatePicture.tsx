// SPDX-License-Identifier: Apache-2.0
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Schema } from '../../../shared/api/client';
import { grouped } from '../../../shared/format';
import { Chart } from '../../../shared/ui/chart';
import { haltsAt, picture, provesUpTo, standing, whyLines, type Evidence } from '../evidence';

// Failures seen against the line that halts and the line that lets the next wave open.
export function GatePicture({ rollout, evidence }: { rollout: Schema['Rollout']; evidence: Evidence }) {
  const next = rollout.waves.some((wave) => wave.state === 'waiting');
  const option = useMemo(() => picture(evidence, next), [JSON.stringify(evidence), next]);
  return (
    <section aria-labelledby="gate">
      <h2 id="gate">What the gate goes by</h2>
      <p>{standing(evidence, next)}</p>
      <details>
        <summary>Why these lines?</summary>
        <ul>
          {whyLines(rollout.plan, rollout.open_wave ?? 0).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
          <li>
            Try other numbers beforehand: <code>oakum rollout gate-study</code>. <Link to="/help" search={{ tab: 'concepts' }}>How this is decided</Link>
          </li>
        </ul>
      </details>
      <Chart
        label="Failures against the gate's lines"
        option={option}
        height={240}
        twin={{
          rows: evidence.lines,
          rowKey: (row) => String(row.devices),
          columns: [
            { title: 'Devices that began', numeric: true, cell: (row) => grouped(row.devices) },
            { title: 'Halts at failures', numeric: true, cell: haltsAt },
            { title: 'Goes on up to failures', numeric: true, cell: provesUpTo },
          ],
        }}
      />
    </section>
  );
}
