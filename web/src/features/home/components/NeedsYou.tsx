// SPDX-License-Identifier: Apache-2.0
// What waits for a person. That nothing does is said when everything it rests on was read, and not before.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get, type Schema } from '../../../shared/api/client';
import { useEvery } from '../../../shared/api/every';
import { useMe } from '../../../shared/api/me';
import { counted } from '../../../shared/format';
import { together } from '../../../shared/together';
import { Shown } from '../../../shared/ui/states';
import { needs, unread, waitingStates, type Need, type Waiting } from '../model';

const EACH = 100; // of one state

async function waitingRollouts(signal: AbortSignal) {
  const pages = await Promise.all(waitingStates.map((state) => get<Schema['RolloutPage']>('/rollouts', { state, limit: EACH }, signal)));
  return { items: pages.flatMap((page) => page.items), more: pages.some((page) => page.next_cursor !== null) };
}

export function useWaiting() {
  const rollouts = useQuery({ queryKey: ['rollouts', 'waiting'], queryFn: ({ signal }) => waitingRollouts(signal) });
  const alarms = useEvery<Schema['Alarm']>(['alarms', 'waiting'], '/alarms', { state: 'open' });
  const exceptions = useEvery<Schema['Exception']>(['exceptions', 'waiting'], '/exceptions', { state: 'asked' });
  const floors = useEvery<Schema['FloorPolicyView']>(['floors'], '/floors');
  const drafts = useEvery<Schema['ReleaseSummary']>(['releases', 'waiting'], '/releases', { awaits_approval: 'true' });
  const system = useQuery({ queryKey: ['system'], queryFn: ({ signal }) => get<Schema['System']>('/system', {}, signal) });
  const me = useMe();
  return together<Waiting & Record<string, unknown>>({ rollouts, alarms, exceptions, floors, drafts, system, me });
}

export function Unread({ waiting }: { waiting: Waiting }) {
  const rest = unread(waiting);
  return rest.length === 0 ? null : (
    <p className="notice" role="note">
      There may be more:{' '}
      {rest.map(({ to, words }, i) => (
        <span key={words}>
          {i > 0 && ', '}
          <Link to={to}>{words}</Link>
        </span>
      ))}{' '}
      than were looked at.
    </p>
  );
}

function List({ list }: { list: Need[] }) {
  return (
    <ul className="needs" aria-label="Needs you">
      {list.map((need) => (
        <li key={need.key}>
          <span>{need.sentence}</span>
          <Link className="button" to={need.to} params={need.params as never} search={need.search as never}>
            {need.action}
          </Link>
        </li>
      ))}
    </ul>
  );
}

const FIRST = 12;

export function NeedsYou({ quiet = false }: { quiet?: boolean }) {
  return (
    <Shown query={useWaiting()} what="what waits for a person">
      {(waiting) => {
        const list = needs(waiting);
        return (
          <>
            {list.length > 0 ? <List list={list.slice(0, FIRST)} /> : !quiet && unread(waiting).length === 0 && <p className="quiet">Nothing waits for a person.</p>}
            {list.length > FIRST && (
              <details>
                <summary>{counted(list.length - FIRST, 'more', 'more')}</summary>
                <List list={list.slice(FIRST)} />
              </details>
            )}
            <Unread waiting={waiting} />
          </>
        );
      }}
    </Shown>
  );
}
