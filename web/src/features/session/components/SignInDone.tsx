// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { finishSingleSignOn } from '../api';
import { pageAfterSignIn, providerAnswer } from '../model';

// Where the identity provider sends the browser back to. Its answer counts once, so it is taken once.
export function SignInDone() {
  const router = useRouter();
  const queries = useQueryClient();
  const [message, setMessage] = useState('');
  useEffect(() => {
    const answer = providerAnswer(window.location.search);
    window.history.replaceState(null, '', window.location.pathname);
    const next = sessionStorage.getItem('oakum.next') ?? undefined;
    sessionStorage.removeItem('oakum.next');
    if (typeof answer === 'string') {
      setMessage(answer);
      return;
    }
    finishSingleSignOn(answer)
      .then(async () => {
        await queries.invalidateQueries();
        router.history.replace(pageAfterSignIn(next, window.location.origin));
      })
      .catch((error: unknown) => setMessage(error instanceof Error ? error.message : 'Signing in failed.'));
    // Once, when the page opens.
  }, []);
  return (
    <main className="signin">
      <h1>Oakum</h1>
      {message ? (
        <>
          <p role="alert" className="notice">
            You are not signed in: {message}.
          </p>
          <p>
            <a href="/sign-in">Back to signing in</a>
          </p>
        </>
      ) : (
        <p role="status">Signing in…</p>
      )}
    </main>
  );
}
