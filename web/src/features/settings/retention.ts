// SPDX-License-Identifier: Apache-2.0
// How long things are kept, in words and as it is sent. Pure; tested as tables.
import type { Schema } from '../../shared/api/client';
import { grouped } from '../../shared/format';

export type Kind = Schema['RetentionKind'];
type Change = Schema['RetentionChange']['days'];

export function keptWords(days: number | null): string {
  return days === null ? 'for ever' : `${grouped(days)} ${days === 1 ? 'day' : 'days'}`;
}

export function boundsWords(kind: Pick<Kind, 'least' | 'most' | 'for_ever'>): string {
  return `${grouped(kind.least)} to ${grouped(kind.most)} days${kind.for_ever ? ', or for ever' : ''}`;
}

// What a form says otherwise than it is; an empty field is for ever.
export function changesOf(kinds: Kind[], form: Record<string, string>): Change {
  const changes: Change = {};
  for (const kind of kinds) {
    const text = form[kind.kind]?.trim();
    if (text === undefined) continue;
    const days = text === '' ? null : Number(text);
    if (days !== null && !Number.isInteger(days)) continue;
    if (days !== kind.days) changes[kind.kind] = days;
  }
  return changes;
}

export function retentionCommand(changes: Change): string {
  return `oakum retention set ${Object.entries(changes).map(([kind, days]) => `${kind}=${days ?? 'forever'}`).join(' ')}`.trim();
}
