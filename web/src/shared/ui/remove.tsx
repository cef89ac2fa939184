// SPDX-License-Identifier: Apache-2.0
// The one sheet before a rule is removed: what is different from then on.
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { del } from '../api/client';
import { SureSheet } from './sheet';

// `path`: what is removed; `refresh`: whose lists are asked for again.
export function RemoveSheet({ name, action = 'Remove', path, refresh, close, children }: { name: string; action?: string; path: string; refresh: string | string[]; close: () => void; children: ReactNode }) {
  const queries = useQueryClient();
  return (
    <SureSheet title={`${action} ${name}`} action={action} act={() => del<void>(path)} done={() => Promise.all([refresh].flat().map((key) => queries.invalidateQueries({ queryKey: [key] })))} close={close}>
      {children}
    </SureSheet>
  );
}
