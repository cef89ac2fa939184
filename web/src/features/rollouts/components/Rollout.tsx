// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { get, post, type Schema } from '../../../shared/api/client';
import { counted, grouped, oneDecimal, relative } from '../../../shared/format';
import { PartsBar, State } from '../../../shared/ui/badges';
import { Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { actionTitle, isDangerous, parts, share } from '../model';

type RolloutView = Schema['Rollout'];

// One sheet before anything wide: what happens, to how many, and why.
function ActionSheet({ rollout, action, close }: { rollout: RolloutView; action: string; close: () => void }) {
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: (why: string) => post<RolloutView>(`/rollouts/${rollout.id}/actions/${action}`, { why }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['rollout', rollout.id] });
      close();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    act.mutate(String(new FormData(event.currentTarget).get('why')));
  };
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && close()}>
      <Modal>
        <Dialog>
          <Heading slot="title">{actionTitle(action)}: {rollout.name}</Heading>
          <p>
            {counted(rollout.totals.pending, 'device')} under way, {grouped(rollout.totals.verified)} verified, {grouped(Math.max(0, rollout.in_scope - rollout.totals.started))} not started.
            {action === 'roll-back' && ' Devices without an earlier published release stay where they are.'}
          </p>
          <form onSubmit={submit}>
            <label>
              Why (for the audit log)
              <input name="why" required minLength={3} autoFocus />
            </label>
            <div className="actions">
              <button className={isDangerous(action) ? 'danger' : 'primary'} disabled={act.isPending}>{actionTitle(action)}</button>
              <button type="button" onClick={close}>Cancel</button>
            </div>
          </form>
          {act.error && <p role="alert" className="notice">{act.error.message}</p>}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Waves({ rollout }: { rollout: RolloutView }) {
  return (
    <ol className="rail" aria-label="Waves">
      {rollout.waves.map((wave) => (
        <li key={wave.index} data-state={wave.state}>
          <strong>{wave.name}</strong> <span className="quiet">up to {share(wave.share_ppm)}</span>
          <div><State value={wave.state} /></div>
          <div>
            {grouped(wave.counts.verified)} of {grouped(wave.expected)} verified
            {wave.counts.failed + wave.counts.rolled_back + wave.counts.silent > 0 && `, ${wave.counts.failed + wave.counts.rolled_back + wave.counts.silent} in trouble`}
          </div>
          {wave.gate_sentence && <div className="quiet">{wave.gate_sentence}</div>}
        </li>
      ))}
    </ol>
  );
}

export function Rollout() {
  const { id } = useParams({ strict: false }) as { id: string };
  const [action, setAction] = useState<string | null>(null);
  const rollout = useQuery({ queryKey: ['rollout', id], queryFn: ({ signal }) => get<RolloutView>(`/rollouts/${id}`, {}, signal), refetchInterval: 5_000 });
  const decisions = useQuery({ queryKey: ['rollout', id, 'decisions'], queryFn: ({ signal }) => get<Schema['RolloutDecisionPage']>(`/rollouts/${id}/decisions`, { limit: 100 }, signal) });
  const troubled = useQuery({ queryKey: ['rollout', id, 'devices'], queryFn: ({ signal }) => get<Schema['DeploymentPage']>(`/rollouts/${id}/devices`, { limit: 100 }, signal) });
  return (
    <Shown query={rollout} what="the rollout">
      {(data) => (
        <>
          <h1>{data.name}</h1>
          <p className="lead">{data.sentence}</p>
          {data.warnings.map((warning) => <p key={warning} role="note">{warning}</p>)}
          <div className="actions">
            {data.actions.map((each) => (
              <button key={each} className={isDangerous(each) ? 'danger' : undefined} onClick={() => setAction(each)}>{actionTitle(each)}</button>
            ))}
          </div>
          {action && <ActionSheet rollout={data} action={action} close={() => setAction(null)} />}
          <Waves rollout={data} />
          <PartsBar label="Devices" parts={parts(data.totals, data.in_scope)} />
          {data.risk_before != null && data.risk_now != null && (
            <p>Risk of the devices in scope: {oneDecimal(data.risk_before)} before, {oneDecimal(data.risk_now)} now.</p>
          )}
          {data.blocked.length > 0 && (
            <>
              <h2>Who is waiting, and why</h2>
              <ul>{data.blocked.map((row) => <li key={row.reason}><Link to="/devices" search={{ query: row.query ?? undefined }}>{grouped(row.devices)}</Link> {row.reason}</li>)}</ul>
            </>
          )}
          {data.failures.length > 0 && (
            <>
              <h2>What went wrong</h2>
              <Table
                label="Failures by model and cause"
                rows={data.failures}
                rowKey={(row) => `${row.model} ${row.reason}`}
                columns={[
                  { title: 'Model', cell: (row) => row.model },
                  { title: 'Cause', cell: (row) => row.reason.replaceAll('_', ' ') },
                  { title: 'Devices', numeric: true, cell: (row) => grouped(row.devices) },
                  { title: 'One of them', cell: (row) => (row.example ? <Link to="/devices/$id" params={{ id: row.example.device.id }}>{row.example.device.name}</Link> : '–') },
                  { title: 'In its words', wide: true, cell: (row) => row.example?.detail ?? '' },
                ]}
              />
            </>
          )}
          <h2>Decisions</h2>
          <Shown query={decisions} what="decisions">
            {(page) => (
              <Table
                label="Decisions"
                rows={page.items}
                rowKey={(row) => `${row.at} ${row.decision}`}
                columns={[
                  { title: 'When', cell: (row) => <span title={row.at}>{relative(row.at, Date.now())}</span> },
                  { title: 'Decision', cell: (row) => row.decision },
                  { title: 'Why', wide: true, cell: (row) => row.sentence },
                ]}
              />
            )}
          </Shown>
          <h2>Devices</h2>
          <Shown query={troubled} what="devices">
            {(page) => (
              <Table
                label="Devices of this rollout"
                rows={page.items}
                rowKey={(row) => row.id}
                columns={[
                  { title: 'Device', cell: (row) => <Link to="/devices/$id" params={{ id: row.device.id }}>{row.device.name}</Link> },
                  { title: 'State', cell: (row) => <State value={row.state} /> },
                  { title: 'From', cell: (row) => row.version_before ?? '–' },
                  { title: 'To', cell: (row) => row.version_after ?? row.release.version },
                  { title: 'Since', cell: (row) => relative(row.state_at, Date.now()) },
                  { title: 'Detail', wide: true, cell: (row) => (row.reason === 'none' ? row.detail : `${row.reason.replaceAll('_', ' ')}: ${row.detail}`) },
                ]}
              />
            )}
          </Shown>
        </>
      )}
    </Shown>
  );
}
