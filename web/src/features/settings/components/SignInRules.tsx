// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post, put, type Schema } from '../../../shared/api/client';
import { Sheet, SureSheet } from '../../../shared/ui/sheet';
import { Shown } from '../../../shared/ui/states';
import { ruleChangeSentence, ruleSentence } from '../model';

// What signing in asks of everybody, and the account for when nothing else lets anybody in.
export function SignInRules({ users }: { users: Schema['User'][] }) {
  const queries = useQueryClient();
  const rules = useQuery({ queryKey: ['users', 'rules'], queryFn: ({ signal }) => get<Schema['SignInRules']>('/sign-in-rules', {}, signal) });
  const [asking, setAsking] = useState<'rule' | 'glass' | null>(null);
  const change = async (required: boolean) => {
    await put<Schema['SignInRules']>('/sign-in-rules', { second_factor_required: required });
    await Promise.all([queries.invalidateQueries({ queryKey: ['users'] }), queries.invalidateQueries({ queryKey: ['me'] })]);
  };
  const [sealed, setSealed] = useState<Schema['BreakGlass'] | null>(null);
  const glass = users.find((user) => user.break_glass);
  const make = async () => {
    setSealed(await post<Schema['BreakGlass']>('/users/break-glass', { name: glass?.name ?? 'break-glass', renew: glass !== undefined }));
    await queries.invalidateQueries({ queryKey: ['users'] });
  };
  const words = glass ? 'Make a new password' : 'Make one';
  return (
    <>
      <h2>Signing in</h2>
      <Shown query={rules} what="the rules of signing in">
        {(now) => (
          <>
            <p>{ruleSentence(now.second_factor_required, users)}</p>
            <div className="actions">
              <button onClick={() => setAsking('rule')}>{now.second_factor_required ? 'No longer require a second factor …' : 'Require a second factor of everybody …'}</button>
            </div>
            {asking === 'rule' && (
              <SureSheet
                title={now.second_factor_required ? 'No longer require a second factor' : 'Require a second factor of everybody'}
                action={now.second_factor_required ? 'No longer require it' : 'Require it'}
                act={() => change(!now.second_factor_required)}
                close={() => setAsking(null)}
              >
                <p>{ruleChangeSentence(now.second_factor_required, users)}</p>
              </SureSheet>
            )}
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
        <button onClick={() => setAsking('glass')}>{glass ? 'Make a new password for it …' : 'Make one …'}</button>
      </div>
      {asking === 'glass' && (
        <SureSheet title="The break-glass account" action={words} act={make} close={() => setAsking(null)}>
          <p>{glass ? `The password of ${glass.name} that is locked away lets nobody in any more, at once. The new one is shown a single time: have the printer and the envelope ready.` : 'Its password is shown a single time: have the printer and the envelope ready. It may do everything.'}</p>
        </SureSheet>
      )}
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
