// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { get, getHealth, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { grouped } from '../../../shared/format';
import { Count } from '../../../shared/ui/count';
import { More, usePages } from '../../../shared/ui/pages';
import { Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { Backups } from './Backups';

const words = { ok: 'The server is well.', starting: 'The server is starting.', degraded: 'Something is wrong with the server.' } as const;

export function Health() {
  const may = useMay();
  const health = useQuery({ queryKey: ['health'], queryFn: ({ signal }) => getHealth(signal), refetchInterval: 15_000 });
  const system = useQuery({ queryKey: ['system'], queryFn: ({ signal }) => get<Schema['System']>('/system', {}, signal) });
  const jobs = usePages<Schema['Job']>(['jobs'], '/jobs', {}, 20, undefined, may('job.read'));
  return (
    <>
      <Shown query={health} what="the server's health">
        {(data) => (
          <>
            <p className="lead">{words[data.status]}</p>
            <ul className="checks" aria-label="Checks">
              {data.checks.map((check) => (
                <li key={check.name}>
                  <span className={check.ok ? 'badge tone-good' : 'badge tone-bad'}>{check.ok ? '✓ good' : '✕ bad'}</span> {check.name}: {check.detail}
                </li>
              ))}
            </ul>
          </>
        )}
      </Shown>
      <Shown query={system} what="the server's figures">
        {(data) => (
          <dl className="facts">
            <dt>Version</dt>
            <dd>{data.version}</dd>
            <dt>Its time</dt>
            <dd>
              <When at={data.now} />
            </dd>
            <dt>Devices</dt>
            <dd>
              {grouped(data.counts.devices)}: <Count n={data.counts.active} query="lifecycle = active" /> active, <Count n={data.counts.quiet} query="lifecycle = quiet" /> quiet, <Count n={data.counts.pending} query="lifecycle = pending" /> to be accepted; <Count n={data.counts.retired} query="lifecycle = retired" /> retired
            </dd>
            <dt>Advisories</dt>
            <dd>
              {grouped(data.counts.advisories)}, the newest of {data.newest_advisory?.slice(0, 10) ?? 'no date'}
            </dd>
            <dt>Rollouts</dt>
            <dd>
              <Count to="/rollouts" search={{ only: 'running' }} n={data.counts.rollouts_running} /> running
            </dd>
          </dl>
        )}
      </Shown>
      <Backups />
      {may('job.read') && (
        <>
          <h2>Long work</h2>
          <Shown query={jobs} what="long work">
            {(page) =>
              page.items.length === 0 ? (
                <p className="quiet">None so far.</p>
              ) : (
                <>
                <Table
                  label="Long work"
                  same={{ command: 'oakum job list', path: '/jobs', parameters: { limit: 500 } }}
                  rows={page.items}
                  rowKey={(row) => row.id}
                  columns={[
                    { title: 'When', cell: (row) => <When at={row.created} /> },
                    { title: 'What', cell: (row) => row.kind.replaceAll('_', ' ') },
                    { title: 'State', cell: (row) => `${row.state}${row.state === 'running' && row.total ? `, ${Math.round((100 * row.done) / row.total)} %` : ''}` },
                    { title: 'Detail', wide: true, cell: (row) => row.detail },
                  ]}
                />
                <More list={jobs} what="pieces of work" />
                </>
              )
            }
          </Shown>
        </>
      )}
    </>
  );
}
