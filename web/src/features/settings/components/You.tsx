// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { put } from '../../../shared/api/client';
import { useMe } from '../../../shared/api/me';
import { When } from '../../../shared/ui/when';
import { Authenticator } from './Authenticator';
import { Sessions } from './Sessions';
import { passwordProblem, roleWords } from '../model';

export function You() {
  const me = useMe().data;
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: ({ current, next }: { current: string; next: string }) => put<void>('/me/password', { ...(current ? { current } : {}), new: next }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['me'] }),
  });
  if (!me) return null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    const next = String(fields.get('next'));
    const again = form.elements.namedItem('again') as HTMLInputElement;
    again.setCustomValidity(passwordProblem(me.name, next, String(fields.get('again'))));
    if (!form.reportValidity()) return;
    change.mutate({ current: String(fields.get('current') ?? ''), next }, { onSuccess: () => form.reset() });
  };
  return (
    <>
      <p className="lead">
        {me.name}, {me.role}: {roleWords(me.role)}.
      </p>
      <p>
        You see {me.scope.length === 0 ? 'the whole fleet' : me.scope.map((group) => group.name).join(', ')}.
        {me.session_expires && (
          <>
            {' '}
            This session ends <When at={me.session_expires} />.
          </>
        )}
      </p>
      <h2>{me.password_set ? 'Change your password' : 'Choose a password'}</h2>
      {!me.password_set && <p>You signed in by a one-time link and have no password: without one you cannot sign in again.</p>}
      <form className="form" onSubmit={submit} onInput={(event) => (event.currentTarget.elements.namedItem('again') as HTMLInputElement).setCustomValidity('')}>
        {me.password_set && (
          <label>
            Current password
            <input name="current" type="password" required autoComplete="current-password" />
          </label>
        )}
        <label>
          New password, 12 characters or more
          <input name="next" type="password" required minLength={12} maxLength={1024} autoComplete="new-password" />
        </label>
        <label>
          The same again
          <input name="again" type="password" required autoComplete="new-password" />
        </label>
        <div className="actions">
          <button className="primary" disabled={change.isPending}>
            {me.password_set ? 'Change' : 'Choose'}
          </button>
        </div>
      </form>
      {change.isSuccess && <p role="status">Your password is set. Other sessions of yours are ended.</p>}
      {change.error && (
        <p role="alert" className="notice">
          Nothing was changed: {change.error.message}.
        </p>
      )}
      <h2>Second factor</h2>
      <Authenticator />
      <h2>Where you are signed in</h2>
      <Sessions />
    </>
  );
}
