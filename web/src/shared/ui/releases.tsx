// SPDX-License-Identifier: Apache-2.0
// What a release has to show, and somebody's yes or no about it, wherever they stand.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { get, post, type Schema } from '../api/client';
import { useMe } from '../api/me';
import { grouped } from '../format';
import { mayNotApprove, titleOf, verdicts } from '../releases';
import { ReasonSheet } from './sheet';
import { Shown } from './states';
import { When } from './when';

type Release = Schema['Release'];

// `letThrough`: what an administrator does about a check that failed.
export function Checks({ label, checks, letThrough }: { label: string; checks: Release['checks']; letThrough?: (check: string) => void }) {
  return (
    <ul aria-label={label} className="checks">
      {checks.map((check) => {
        const verdict = verdicts[check.verdict];
        return (
          <li key={check.name}>
            <strong>{titleOf(check.name)}</strong>{' '}
            <span className={`badge tone-${verdict.tone}`}>
              <span aria-hidden="true">{verdict.shape}</span> {verdict.words}
            </span>{' '}
            {check.sentence}
            {letThrough && check.overridable && (
              <>
                {' '}
                <button className="danger" aria-label={`Let it through: ${titleOf(check.name)}`} onClick={() => letThrough(check.name)}>
                  Let it through …
                </button>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

export function ReleaseDecisionSheet({ release, action, close }: { release: Release; action: 'approve' | 'refuse'; close: () => void }) {
  const queries = useQueryClient();
  const words = action === 'approve' ? 'Approve' : 'Refuse';
  return (
    <ReasonSheet
      title={`${words}: ${release.name} ${release.version}`}
      action={words}
      danger={action === 'refuse'}
      act={(why) => post<Release>(`/releases/${release.id}/actions/${action}`, { why })}
      done={() => queries.invalidateQueries()}
      close={close}
    >
      <p>
        {action === 'approve' ? 'You approve' : 'You refuse'} these bytes, this SBOM and these terms. When one of them changes, it waits for another decision.
      </p>
      <p>
        SHA-256 <code>{release.artifact.sha256}</code>
      </p>
    </ReasonSheet>
  );
}

// What somebody who approved or refused said of the draft.
export function DecisionWords({ release }: { release: Release }) {
  const decision = release.decision;
  if (!decision) return null;
  return (
    <p>
      {decision.approved ? 'Approved' : 'Refused'} by {decision.by} <When at={decision.at} />: {decision.why}
      {!decision.current && release.state === 'draft' && ' It was changed since, and waits for another decision.'}
    </p>
  );
}

function Waiting({ id }: { id: string }) {
  const me = useMe().data;
  const [action, setAction] = useState<'approve' | 'refuse' | null>(null);
  const release = useQuery({ queryKey: ['release', id], queryFn: ({ signal }) => get<Release>(`/releases/${id}`, {}, signal) });
  return (
    <Shown query={release} what="the release">
      {(data) => {
        const name = `${data.name} ${data.version}`;
        const hindered = me ? mayNotApprove(data, me) : '';
        return (
          <section className="approval" aria-label={name}>
            <h3>
              <Link to="/releases/$id" params={{ id }}>{name}</Link>
            </h3>
            <p>{data.sentence}</p>
            <p className="quiet">
              Made by {data.makers.join(', ')} <When at={data.created} />.
            </p>
            <DecisionWords release={data} />
            {data.notes && <p>{data.notes}</p>}
            <Checks label={`What ${name} shows`} checks={data.checks} />
            {me && !hindered && (
              <div className="actions">
                <button className="primary" aria-label={`Approve: ${name}`} onClick={() => setAction('approve')}>
                  Approve
                </button>
                <button className="danger" aria-label={`Refuse: ${name}`} onClick={() => setAction('refuse')}>
                  Refuse
                </button>
              </div>
            )}
            {hindered && <p className="quiet">{hindered}</p>}
            {action && <ReleaseDecisionSheet release={data} action={action} close={() => setAction(null)} />}
          </section>
        );
      }}
    </Shown>
  );
}

function useReleasesThatWait() {
  return useQuery({ queryKey: ['releases', 'approvals'], queryFn: ({ signal }) => get<Schema['ReleasePage']>('/releases', { awaits_approval: 'true', limit: 50 }, signal) });
}

// Beside the plans that wait for somebody's yes or no.
export function ReleaseApprovals() {
  const list = useReleasesThatWait();
  return (
    <section aria-labelledby="releases-asked">
      <h2 id="releases-asked">Releases</h2>
      <Shown query={list} what="releases that wait for approval">
        {(page) =>
          page.items.length === 0 ? (
            <p className="quiet">None waits for approval.</p>
          ) : (
            <>
              {page.items.map((row) => (
                <Waiting key={row.id} id={row.id} />
              ))}
              {page.next_cursor && (
                <p>
                  {page.total == null ? 'More' : grouped(page.total)} wait in all: <Link to="/releases" search={{ only: 'draft' }}>releases that are not published</Link>.
                </p>
              )}
            </>
          )
        }
      </Shown>
    </section>
  );
}
