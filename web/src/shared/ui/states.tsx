// SPDX-License-Identifier: Apache-2.0
// The four states that every list and page shows on purpose: loading, error, empty, rows.
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from '../api/client';
import { advice } from '../advice';

export function ErrorState({ error, retry, what = 'This' }: { error: unknown; retry: () => void; what?: string }) {
  const problem = error instanceof Problem ? error : null;
  return (
    <section className="state" role="alert">
      <h2>{what.charAt(0).toUpperCase() + what.slice(1)} could not be shown</h2>
      <p>{error instanceof Error ? error.message : 'The server did not answer.'}</p>
      {problem?.where && <p>Where: {problem.where}</p>}
      <p>Nothing was changed. {advice(problem?.kind ?? 'unavailable')}</p>
      <p>
        <button onClick={retry}>Try again</button>
      </p>
      {problem?.id && (
        <p className="quiet">
          In the server's log as <code>{problem.id}</code>
        </p>
      )}
    </section>
  );
}

// A change that was refused: what happened, what was kept, what to do.
export function Refused({ error }: { error: unknown }) {
  if (!error) return null;
  const problem = error instanceof Problem ? error : null;
  return (
    <p role="alert" className="notice">
      {error instanceof Error ? error.message : 'The server did not answer.'} {problem ? `Nothing was changed. ${advice(problem.kind)}` : 'It is not known whether it happened: look before you repeat it.'}
      {problem?.id && <span className="quiet"> In the server's log as {problem.id}.</span>}
    </p>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <p className="state quiet" role="status">
      Loading {what} …
    </p>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <section className="state">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function Shown<T>({ query, what, children }: { query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isError' | 'isRefetchError' | 'dataUpdatedAt'> & { refetch: () => unknown }; what: string; children: (data: T) => ReactNode }) {
  if (query.data !== undefined)
    return (
      <>
        {query.isRefetchError && (
          <p className="notice" role="alert">
            This is of {new Date(query.dataUpdatedAt).toLocaleTimeString()}: {query.error instanceof Error ? query.error.message : 'the server did not answer'}. <button onClick={() => void query.refetch()}>Try again</button>
          </p>
        )}
        {children(query.data)}
      </>
    );
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} what={what} />;
  return <Loading what={what} />;
}
