// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { useMe } from '../../../shared/api/me';
import { counted, grouped } from '../../../shared/format';
import { option, word } from '../../../shared/shell';
import { PartsBar, State } from '../../../shared/ui/badges';
import { Count } from '../../../shared/ui/count';
import { Explanation } from '../../../shared/ui/explanation';
import { Same } from '../../../shared/ui/same';
import { ChangeDevices } from '../../../shared/ui/changedevices';
import { More, usePages } from '../../../shared/ui/pages';
import { Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { ActionSheet } from './ActionSheet';
import { Approval, PlanWords } from './Approval';
import { GatePicture } from './GatePicture';
import { Rehearsal } from './Rehearsal';
import { actionsFor, actionTitle, filters, firstFilter, isDangerous, mayNotApprove, narrowWords, ofRollout, outcomeOf, parts, trouble, waveWords } from '../model';
import { mayRehearse } from '../rehearsal';
import { bound, lastOf } from '../schedules';

type RolloutView = Schema['Rollout'];

function Waves({ rollout }: { rollout: RolloutView }) {
  return (
    <ol className="rail" aria-label="Waves">
      {rollout.waves.map((wave) => (
        <li key={wave.index} data-state={wave.state}>
          <strong>{wave.name}</strong> <span className="quiet">{waveWords(wave)}</span>
          <div>
            <State value={wave.state} />
          </div>
          <div>
            <Count n={wave.counts.verified} {...ofRollout(rollout.id, 'verified', { wave: String(wave.index) })} label={`${grouped(wave.counts.verified)} verified in ${wave.name}`} /> of {grouped(wave.expected)} verified
            {trouble(wave.counts) > 0 && (
              <>
                , <Count n={trouble(wave.counts)} {...ofRollout(rollout.id, 'trouble', { wave: String(wave.index) })} label={`${grouped(trouble(wave.counts))} in trouble in ${wave.name}`} /> in trouble
              </>
            )}
          </div>
          {wave.gate_sentence && <div className="quiet">{wave.gate_sentence}</div>}
        </li>
      ))}
    </ol>
  );
}

// Said only where a window or a freeze holds somebody up.
function Times({ rollout }: { rollout: RolloutView }) {
  const over = ['finished', 'rolled_back', 'aborted', 'rolling_back'].includes(rollout.state);
  const times = useQuery({ queryKey: ['rollout', rollout.id, 'times'], queryFn: ({ signal }) => get<Schema['RolloutTimes']>(`/rollouts/${rollout.id}/times`, {}, signal), enabled: !over });
  if (over || !times.data || !bound(times.data)) return null;
  return (
    <section aria-labelledby="when">
      <h2 id="when">When its waves can run</h2>
      <p>
        By <Link to="/windows">windows and freezes</Link> as they are now, for devices that were not asked yet.
        {rollout.priority !== 'normal' && ` It is ${rollout.priority}: it need not keep those that yield to it.`} Downloading begins up to a week before.
      </p>
      <Table
        label="When its waves can run"
        same={{ command: `oakum rollout times ${word(rollout.name)}`, one: true, path: `/rollouts/${rollout.id}/times` }}
        rows={times.data.waves}
        rowKey={(row) => row.name}
        columns={[
          { title: 'Wave', cell: (row) => row.name },
          { title: 'Now', numeric: true, cell: (row) => grouped(row.now) },
          { title: 'First later', cell: (row) => <When at={row.later[0]?.from} never="–" /> },
          { title: 'Later', cell: (row) => lastOf(row) },
          { title: 'Never', numeric: true, cell: (row) => grouped(row.never) },
          { title: 'In words', wide: true, cell: (row) => row.sentence },
        ]}
      />
    </section>
  );
}

// Read when it is opened, and again with the rollout: what it waits for changes with it.
function Why({ rollout }: { rollout: RolloutView }) {
  const [open, setOpen] = useState(false);
  const explanation = useQuery({ queryKey: ['rollout', rollout.id, 'explain'], queryFn: ({ signal }) => get<Schema['Explanation']>(`/rollouts/${rollout.id}/explain`, {}, signal), enabled: open });
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Why, why not now, and when</summary>
      {open && (
        <Shown query={explanation} what="the explanation">
          {(data) => (
            <>
              <p>{data.sentence}</p>
              <Explanation label="What it waits for" steps={data.steps} />
            </>
          )}
        </Shown>
      )}
    </details>
  );
}

function Deployments({ rollout }: { rollout: RolloutView }) {
  const { only, wave, model, reason, cursor } = useSearch({ strict: false }) as { only?: string; wave?: string; model?: string; reason?: string; cursor?: string };
  const navigate = useNavigate();
  const chosen = outcomeOf(only) ?? firstFilter(rollout.totals);
  const asked = { outcome: chosen, wave, model, reason };
  const narrowed = narrowWords(wave === undefined ? undefined : (rollout.waves[Number(wave)]?.name ?? wave), model, reason);
  const list = useQuery({
    queryKey: ['rollout', rollout.id, 'devices', asked, cursor],
    queryFn: ({ signal }) => get<Schema['DeploymentPage']>(`/rollouts/${rollout.id}/devices`, { ...asked, cursor, limit: 50 }, signal),
    placeholderData: (before) => before,
  });
  const to = (search: { only?: string; wave?: string; model?: string; reason?: string; cursor?: string }) => void navigate({ to: '/rollouts/$id', params: { id: rollout.id }, search, resetScroll: false });
  return (
    <>
      <div className="chips" role="group" aria-label="Which devices">
        {filters(rollout.totals).map((filter) => (
          <button key={filter.outcome} aria-pressed={filter.outcome === chosen && narrowed === ''} onClick={() => to({ only: filter.outcome })}>
            {filter.title}
          </button>
        ))}
      </div>
      {narrowed && (
        <p>
          Only those {narrowed}. <button className="inline" onClick={() => to({ only: chosen })}>Of the whole rollout</button>
        </p>
      )}
      <Shown query={list} what="devices">
        {(page) =>
          page.items.length === 0 ? (
            <p className="quiet">{rollout.totals.started === 0 ? 'No device has been offered it yet.' : 'None.'}</p>
          ) : (
            <>
              <p className="quiet">{counted(page.total ?? page.items.length, 'device')} here.</p>
              <Table
                label="Devices of this rollout"
                same={{ command: `oakum rollout devices ${word(rollout.name)} --outcome ${chosen}${option('wave', wave)}${option('model', model)}${option('reason', reason)}`, path: `/rollouts/${rollout.id}/devices`, parameters: { ...asked, limit: 500 } }}
                rows={page.items}
                rowKey={(row) => row.id}
                choose={{ name: (row) => row.device.name, query: (row) => `id = ${row.device.id}` }}
                columns={[
                  { title: 'Device', cell: (row) => <Link to="/devices/$id" params={{ id: row.device.id }}>{row.device.name}</Link> },
                  { title: 'Owner', cell: (row) => row.device.owner ?? 'nobody named' },
                  { title: 'Group', cell: (row) => row.device.group?.name ?? '–' },
                  { title: 'Wave', cell: (row) => rollout.waves[row.wave]?.name ?? row.wave + 1 },
                  { title: 'State', cell: (row) => <State value={row.state} words={row.state === 'downloading' ? `downloading ${row.progress_percent} %` : undefined} /> },
                  { title: 'From', cell: (row) => row.version_before ?? '–' },
                  { title: 'Runs', cell: (row) => row.version_after ?? '–' },
                  { title: 'Since', cell: (row) => <When at={row.state_at} /> },
                  { title: 'In its words', wide: true, cell: (row) => (row.reason === 'none' ? row.detail || '–' : `${row.reason.replaceAll('_', ' ')}: ${row.detail}`) },
                ]}
              />
              <p className="actions">
                {cursor && <button onClick={() => to({ only, wave, model, reason })}>First page</button>}
                {page.next_cursor && <button onClick={() => to({ only: chosen, wave, model, reason, cursor: page.next_cursor! })}>Next page</button>}
              </p>
            </>
          )
        }
      </Shown>
    </>
  );
}

export function Rollout() {
  const { id } = useParams({ strict: false }) as { id: string };
  const [action, setAction] = useState<string | null>(null);
  const me = useMe().data;
  // Events say when something changed; the interval is for a stream that was cut.
  const rollout = useQuery({ queryKey: ['rollout', id], queryFn: ({ signal }) => get<RolloutView>(`/rollouts/${id}`, {}, signal), refetchInterval: 60_000 });
  const decisions = usePages<Schema['RolloutDecision']>(['rollout', id, 'decisions'], `/rollouts/${id}/decisions`, {}, 50);
  return (
    <Shown query={rollout} what="the rollout">
      {(data) => (
        <>
          <h1>{data.name}</h1>
          <p>
            <State value={data.state} /> <span className="quiet">brings</span> <Link to="/releases/$id" params={{ id: data.release.id }}>{`${data.release.name} ${data.release.version}`}</Link>{' '}
            <span className="quiet">
              made by {data.created_by}
              {data.approved_by && `, approved by ${data.approved_by}`}
            </span>
          </p>
          <p className="lead">{data.sentence}</p>
          {data.warnings.map((warning) => (
            <p key={warning} className="notice" role="note">
              {warning}
            </p>
          ))}
          {me && (
            <div className="actions">
              {actionsFor(data, me).map((each) => (
                <button key={each} className={isDangerous(each) ? 'danger' : each === 'start' || each === 'approve' ? 'primary' : undefined} onClick={() => setAction(each)}>
                  {actionTitle(each, data.state)}
                </button>
              ))}
            </div>
          )}
          {me && mayNotApprove(data, me) && <p className="notice">{mayNotApprove(data, me)}</p>}
          {action && <ActionSheet rollout={data} action={action} close={() => setAction(null)} />}
          <PartsBar label="Devices" parts={parts(data)} />
          <Waves rollout={data} />
          <Times rollout={data} />
          <Why rollout={data} />
          {data.evidence && <GatePicture rollout={data} evidence={data.evidence} />}
          {data.risk_before != null && data.risk_now != null && (
            <p>
              Risk of the devices in scope: {grouped(data.risk_before)} points before, {grouped(data.risk_now)} now.
            </p>
          )}
          <details open={!data.started} key={data.started ?? 'draft'}>
            <summary>The plan in words</summary>
            <PlanWords rollout={data} />
            <p>
              <Same command={`oakum rollout show ${word(data.name)}`} path={`/rollouts/${data.id}`} />
            </p>
            {data.state === 'awaiting_approval' && <Approval rollout={data} />}
          </details>
          {me && mayRehearse(data.state, me.permissions) && <Rehearsal rollout={data} />}
          {data.blocked.length > 0 && (
            <>
              <h2>Who is waiting, and why</h2>
              <ul>
                {data.blocked.map((row) => (
                  <li key={row.reason}>
                    {row.query ? <Count n={row.devices} noun="device" query={row.query} /> : counted(row.devices, 'device')}: {row.reason}{' '}
                    {row.query && (
                      <ChangeDevices query={row.query} label={`Change them … ${counted(row.devices, 'device')}: ${row.reason}`}>
                        Change them …
                      </ChangeDevices>
                    )}
                  </li>
                ))}
              </ul>
            </>
          )}
          {data.failures.length > 0 && (
            <>
              <h2>What went wrong</h2>
              <Table
                label="Failures by model and cause"
                same={{ command: `oakum rollout show ${word(data.name)}`, one: true, path: `/rollouts/${data.id}` }}
                rows={data.failures}
                rowKey={(row) => `${row.model} ${row.reason}`}
                columns={[
                  { title: 'Model', cell: (row) => row.model },
                  { title: 'Cause', cell: (row) => (row.reason === 'none' ? 'not told' : row.reason.replaceAll('_', ' ')) },
                  { title: 'Devices', numeric: true, cell: (row) => <Count n={row.devices} {...ofRollout(data.id, 'wrong', { model: row.model, reason: row.reason })} label={`${counted(row.devices, 'device')} of ${row.model}: ${row.reason}`} /> },
                  { title: 'One of them', cell: (row) => (row.example ? <Link to="/devices/$id" params={{ id: row.example.device.id }}>{row.example.device.name}</Link> : '–') },
                  { title: 'In its words', wide: true, cell: (row) => row.example?.detail ?? '–' },
                ]}
              />
            </>
          )}
          {data.started && (
            <>
              <h2 id="its-devices">Devices</h2>
              <Deployments rollout={data} />
            </>
          )}
          <h2>Decisions</h2>
          <Shown query={decisions} what="decisions">
            {(page) => (
              <>
                <Table
                  label="Decisions"
                  same={{ command: `oakum rollout decisions ${word(data.name)}`, path: `/rollouts/${data.id}/decisions`, parameters: { limit: 500 } }}
                  rows={page.items}
                  rowKey={(row) => `${row.at} ${row.decision} ${row.sentence}`}
                  columns={[
                    { title: 'When', cell: (row) => <When at={row.at} /> },
                    { title: 'Decision', cell: (row) => row.decision },
                    { title: 'Why', wide: true, cell: (row) => row.sentence },
                  ]}
                />
                <More list={decisions} what="decisions" />
              </>
            )}
          </Shown>
        </>
      )}
    </Shown>
  );
}
