// SPDX-License-Identifier: Apache-2.0
// The one sheet before a rule is removed: what is different from then on.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { del } from '../api/client';
import { Sheet } from './sheet';
import { Refused } from './states';

// `path`: what is removed; `refresh`: whose lists are asked for again.
export function RemoveSheet({ name, path, refresh, close, children }: { name: string; path: string; refresh: string; close: () => void; children: ReactNode }) {
  const queries = useQueryClient();
  const work = useMutation({
    mutationFn: () => del<void>(path),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: [refresh] });
      close();
    },
  });
  return (
    <Sheet title={`Remove ${name}`} close={close}>
      {children}
      <div className="actions">
        <button className="danger" disabled={work.isPending} onClick={() => work.mutate()}>
          Remove
        </button>
        <button onClick={close}>Cancel</button>
      </div>
      <Refused error={work.error} />
    </Sheet>
  );
}
