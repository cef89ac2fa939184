// SPDX-License-Identifier: Apache-2.0
// Exceptions of floors that wait for a yes or no, beside the plans and the other exceptions that do.
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { post, type Schema } from '../../../shared/api/client';
import { useEvery } from '../../../shared/api/every';
import { useMay, useMe } from '../../../shared/api/me';
import { ReasonSheet } from '../../../shared/ui/sheet';
import { Shown } from '../../../shared/ui/states';
import { When } from '../../../shared/ui/when';
import { askedOf, deeds, deedsFor, meaning, type Deed } from '../floors';

type Floor = Schema['FloorPolicyView'];
export interface Deciding {
  floor: Pick<Floor, 'name'>;
  number: number;
  deed: Deed;
}

export function FloorDecision({ deciding: { floor, number, deed }, close }: { deciding: Deciding; close: () => void }) {
  const queries = useQueryClient();
  return (
    <ReasonSheet
      title={`${deeds[deed]} exception ${number} of the floor ${floor.name}`}
      action={deeds[deed]}
      danger={deed !== 'approve'}
      act={(why) => post<Floor>(`/floors/${encodeURIComponent(floor.name)}/actions/${deed}`, { number, why })}
      done={() => queries.invalidateQueries({ queryKey: ['floors'] })}
      close={close}
    >
      <p>{meaning[deed]}</p>
    </ReasonSheet>
  );
}

export function FloorApprovals() {
  const may = useMay();
  const me = useMe().data;
  const [deciding, setDeciding] = useState<Deciding | null>(null);
  const floors = useEvery<Floor>(['floors'], '/floors');
  return (
    <section aria-labelledby="floors-asked">
      <h2 id="floors-asked">Exceptions from floors for phones</h2>
      <Shown query={floors} what="exceptions from floors">
        {(all) => {
          const asked = askedOf(all.items);
          return (
            <>
              {asked.length === 0 && !all.more && <p className="quiet">None waits for approval.</p>}
              {asked.map(({ floor, row }) => (
                <section key={`${floor.name} ${row.number}`} className="approval" aria-label={`Exception ${row.number} of the floor ${floor.name}`}>
                  <h3>
                    Exception {row.number} of <Link to="/floors">{floor.name}</Link> ({floor.words})
                  </h3>
                  <dl className="facts">
                    <dt>For</dt>
                    <dd>
                      <Link to="/devices" search={{ query: row.query }}>
                        <code>{row.query}</code>
                      </Link>
                    </dd>
                    <dt>Why</dt>
                    <dd>{row.reason}</dd>
                    <dt>Until</dt>
                    <dd>
                      <When at={row.until} />
                    </dd>
                    <dt>Asked by</dt>
                    <dd>{row.asked_by}</dd>
                  </dl>
                  {deedsFor(row, may, me?.name).includes('approve') ? (
                    <div className="actions">
                      {(['approve', 'refuse'] as const).map((deed) => (
                        <button key={deed} className={deed === 'approve' ? 'primary' : 'danger'} aria-label={`${deeds[deed]} exception ${row.number} of ${floor.name}`} onClick={() => setDeciding({ floor, number: row.number, deed })}>
                          {deeds[deed]} …
                        </button>
                      ))}
                    </div>
                  ) : (
                    <p className="quiet">{may('exception.approve') ? 'You asked for it: somebody else has to approve it.' : 'An approver decides about it.'}</p>
                  )}
                </section>
              ))}
              {all.more && (
                <p className="notice" role="note">
                  There are more <Link to="/floors">floors</Link> than were looked at.
                </p>
              )}
            </>
          );
        }}
      </Shown>
      {deciding && <FloorDecision deciding={deciding} close={() => setDeciding(null)} />}
    </section>
  );
}
