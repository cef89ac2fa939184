// SPDX-License-Identifier: Apache-2.0
// The four states that every list and page shows on purpose: loading, error, empty, rows.
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from '../api/client';

export function ErrorState({ error, retry }: { error: unknown; retry: () => void }) {
  const problem = error instanceof Problem ? error : null;
  return (
    <section className="state" role="alert">
      <h2>This could not be shown</h2>
      <p>{error instanceof Error ? error.message : 'The server did not answer.'}</p>
      {problem?.where && <p>Where: {problem.where}</p>}
      <p>
        Nothing was changed. <button onClick={retry}>Try again</button>
      </p>
      {problem?.id && <p className="quiet">In the log as {problem.id}</p>}
    </section>
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

export function Shown<T>({ query, what, children }: { query: UseQueryResult<T>; what: string; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <Loading what={what} />;
}
