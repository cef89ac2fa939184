// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post, put, type Schema } from '../../../shared/api/client';
import { Sheet } from '../../../shared/ui/sheet';
import { Refused, Shown } from '../../../shared/ui/states';
import { ruleSentence } from '../model';

// What signing in asks of everybody, and the account for when nothing else lets anybody in.
export function SignInRules({ users }: { users: Schema['User'][] }) {
  const queries = useQueryClient();
  const rules = useQuery({ queryKey: ['users', 'rules'], queryFn: ({ signal }) => get<Schema['SignInRules']>('/sign-in-rules', {}, signal) });
  const change = useMutation({
    mutationFn: (required: boolean) => put<Schema['SignInRules']>('/sign-in-rules', { second_factor_required: required }),
    onSuccess: () => Promise.all([queries.invalidateQueries({ queryKey: ['users'] }), queries.invalidateQueries({ queryKey: ['me'] })]),
  });
  const [sealed, setSealed] = useState<Schema['BreakGlass'] | null>(null);
  const glass = users.find((user) => user.break_glass);
  const make = useMutation({
    mutationFn: () => post<Schema['BreakGlass']>('/users/break-glass', { name: glass?.name ?? 'break-glass', renew: glass !== undefined }),
    onSuccess: async (made) => {
      setSealed(made);
      await queries.invalidateQueries({ queryKey: ['users'] });
    },
  });
  return (
    <>
      <h2>Signing in</h2>
      <Shown query={rules} what="the rules of signing in">
        {(now) => (
          <>
            <p>{ruleSentence(now.second_factor_required, users)}</p>
            <div className="actions">
              <button disabled={change.isPending} onClick={() => change.mutate(!now.second_factor_required)}>
                {now.second_factor_required ? 'No longer require a second factor' : 'Require a second factor of everybody'}
              </button>
            </div>
            <Refused error={change.error} />
          </>
        )}
      </Shown>
      <h2>Break-glass account</h2>
      <p>
        {glass
          ? `${glass.name} lets in whoever holds its sealed password, past second factor and identity provider. Each use is written to the audit log.`
          : 'There is none. It lets somebody in when the identity provider is away and every authenticator is lost.'}
      </p>
      <div className="actions">
        <button disabled={make.isPending} onClick={() => make.mutate()}>
          {glass ? 'Make a new password for it' : 'Make one'}
        </button>
      </div>
      <Refused error={make.error} />
      {sealed && (
        <Sheet title="Print it, seal it, lock it away" close={() => setSealed(null)}>
          <p>User: {sealed.user.name}</p>
          <p>
            Password: <code>{sealed.password}</code>
          </p>
          <p>It is shown only now.</p>
          <div className="actions">
            <button onClick={() => window.print()}>Print</button>
            <button className="primary" onClick={() => setSealed(null)}>
              It is locked away
            </button>
          </div>
        </Sheet>
      )}
    </>
  );
}
