// SPDX-License-Identifier: Apache-2.0
// What waits for somebody's yes or no, each with what one has to know for it.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { useMe } from '../../../shared/api/me';
import { ExceptionApprovals } from '../../../shared/ui/exceptions';
import { ReleaseApprovals } from '../../../shared/ui/releases';
import { Unscoped } from '../../../shared/ui/scoped';
import { Empty, Shown } from '../../../shared/ui/states';
import { When } from '../../../shared/ui/when';
import { actionsFor, actionTitle, isDangerous, mayNotApprove } from '../model';
import { ActionSheet } from './ActionSheet';
import { Approval, PlanWords } from './Approval';
import { FloorApprovals } from './FloorApprovals';
import { Views } from './Views';

type RolloutView = Schema['Rollout'];

function One({ id }: { id: string }) {
  const me = useMe().data;
  const [action, setAction] = useState<string | null>(null);
  const rollout = useQuery({ queryKey: ['rollout', id], queryFn: ({ signal }) => get<RolloutView>(`/rollouts/${id}`, {}, signal) });
  return (
    <Shown query={rollout} what="the plan">
      {(data) => (
        <section className="approval" aria-label={data.name}>
          <h2>
            <Link to="/rollouts/$id" params={{ id }}>{data.name}</Link>
          </h2>
          <p className="quiet">
            Made by {data.created_by} <When at={data.created} />.
          </p>
          {data.warnings.map((warning) => (
            <p key={warning} className="notice" role="note">
              {warning}
            </p>
          ))}
          <PlanWords rollout={data} />
          <Approval rollout={data} />
          {me && (
            <div className="actions">
              {actionsFor(data, me)
                .filter((each) => each === 'approve' || each === 'abort')
                .map((each) => (
                  <button key={each} className={isDangerous(each) ? 'danger' : 'primary'} aria-label={`${actionTitle(each, data.state)} ${data.name}`} onClick={() => setAction(each)}>
                    {actionTitle(each, data.state)}
                  </button>
                ))}
            </div>
          )}
          {me && <p className="quiet">{mayNotApprove(data, me)}</p>}
          {action && <ActionSheet rollout={data} action={action} close={() => setAction(null)} />}
        </section>
      )}
    </Shown>
  );
}

export function Approvals() {
  const list = useQuery({ queryKey: ['rollouts', 'approvals'], queryFn: ({ signal }) => get<Schema['RolloutPage']>('/rollouts', { state: 'awaiting_approval', limit: 50 }, signal) });
  return (
    <>
      <h1>Approvals</h1>
      <Views />
      <Unscoped what="plans" />
      <Shown query={list} what="what waits for approval">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="Nothing waits for approval">
              <p>A plan that needs a second person stands here until somebody approves or refuses it.</p>
            </Empty>
          ) : (
            <>
              {page.items.map((row) => (
                <One key={row.id} id={row.id} />
              ))}
              {page.next_cursor && (
                <p>
                  Older ones wait too: <Link to="/rollouts" search={{ only: 'awaiting_approval' }}>all of them</Link>.
                </p>
              )}
            </>
          )
        }
      </Shown>
      <ReleaseApprovals />
      <ExceptionApprovals />
      <FloorApprovals />
    </>
  );
}
