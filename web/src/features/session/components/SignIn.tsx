// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState, type FormEvent } from 'react';
import { signIn, signInOnce } from '../api';

export function SignIn() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [message, setMessage] = useState('');
  const [busy, setBusy] = useState(false);
  const enter = async (attempt: Promise<unknown>) => {
    setBusy(true);
    setMessage('');
    try {
      await attempt;
      await queries.invalidateQueries();
      await navigate({ to: '/' });
    } catch (error) {
      setMessage(error instanceof Error ? error.message : 'Signing in failed.');
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    // The link's token stands behind '#', so that no server or log ever sees it in a URL.
    const useLink = () => {
      const token = new URLSearchParams(window.location.hash.slice(1)).get('token');
      if (!token) return;
      window.history.replaceState(null, '', window.location.pathname);
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
    void enter(signIn(String(form.get('user')), String(form.get('password'))));
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
        <button className="primary" disabled={busy}>
          Sign in
        </button>
      </form>
      {message && (
        <p role="alert" className="notice">
          {message}
        </p>
      )}
    </main>
  );
}
