// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useState, type FormEvent } from 'react';
import { Problem } from '../../../shared/api/client';
import { beginSingleSignOn, signIn, signInOnce, ways } from '../api';
import { pageAfterSignIn } from '../model';

export function SignIn() {
  const router = useRouter();
  const { next } = useSearch({ strict: false }) as { next?: string };
  const queries = useQueryClient();
  const [message, setMessage] = useState('');
  // A server that does not say leaves the password.
  const provider = useQuery({ queryKey: ['ways'], queryFn: ({ signal }) => ways(signal), retry: false }).data?.single_sign_on;
  const [busy, setBusy] = useState(false);
  // The password was right, and a second factor is asked for.
  const [wantsCode, setWantsCode] = useState(false);
  const enter = async (attempt: Promise<unknown>) => {
    setBusy(true);
    setMessage('');
    try {
      await attempt;
      await queries.invalidateQueries();
      router.history.push(pageAfterSignIn(next, window.location.origin));
    } catch (error) {
      const code = error instanceof Problem && error.where === '/code';
      setMessage(code && !wantsCode ? '' : error instanceof Error ? error.message : 'Signing in failed.');
      setWantsCode(code || (wantsCode && error instanceof Problem && error.status === 429));
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    // The link's token stands behind '#', so that no server or log ever sees it in a URL.
    const useLink = () => {
      const token = new URLSearchParams(window.location.hash.slice(1)).get('token');
      if (!token) return;
      window.history.replaceState(null, '', window.location.pathname + window.location.search);
      void enter(signInOnce(token));
    };
    useLink();
    // The link opened in a tab that shows this page already changes only what stands behind '#'.
    window.addEventListener('hashchange', useLink);
    return () => window.removeEventListener('hashchange', useLink);
    // Once, when the page opens.
  }, []);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void enter(signIn(String(form.get('user')), String(form.get('password')), String(form.get('code') ?? '').trim()));
  };
  const leave = async () => {
    setBusy(true);
    setMessage('');
    try {
      const { location } = await beginSingleSignOn();
      if (next) sessionStorage.setItem('oakum.next', next);
      window.location.assign(location);
    } catch (error) {
      setMessage(error instanceof Error ? error.message : 'Signing in failed.');
      setBusy(false);
    }
  };
  return (
    <main className="signin">
      <h1>Oakum</h1>
      <p className="quiet">Which devices are exposed to what, and the proof that it is fixed.</p>
      <form onSubmit={submit}>
        <label>
          User
          <input name="user" autoComplete="username" required autoFocus />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        {wantsCode && (
          <label>
            Code of your authenticator, or a recovery code
            <input name="code" autoComplete="one-time-code" maxLength={64} required autoFocus />
          </label>
        )}
        <button className="primary" disabled={busy}>
          Sign in
        </button>
      </form>
      {provider && (
        <p>
          <button disabled={busy} onClick={() => void leave()}>
            Sign in with {provider}
          </button>
        </p>
      )}
      {message && (
        <p role="alert" className="notice">
          {message}
        </p>
      )}
    </main>
  );
}
