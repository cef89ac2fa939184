// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';
import { counted, duration } from '../../shared/format';

type Source = Schema['Source'];

export interface State {
  words: string;
  className: string;
}
// What became of a source, in a word with its shape.
export function sourceState(source: Pick<Source, 'enabled' | 'job' | 'error' | 'refused' | 'synced' | 'failures'>): State {
  if (source.job) return { words: '… being synced', className: 'badge' };
  if (source.refused) return { words: '✕ refused what came', className: 'badge tone-bad' };
  if (source.error) return { words: `✕ failed${source.failures > 1 ? ` ${source.failures} times` : ''}`, className: 'badge tone-bad' };
  if (!source.enabled) return { words: '– off', className: 'badge' };
  return source.synced ? { words: '✓ synced', className: 'badge tone-good' } : { words: '? not synced yet', className: 'badge tone-unknown' };
}

export function fetchedSentence(sources: Pick<Source, 'enabled' | 'error'>[]): string {
  const on = sources.filter((source) => source.enabled);
  if (on.length === 0) return 'Nothing is fetched: no source is switched on.';
  const failing = on.filter((source) => source.error).length;
  return `${counted(on.length, 'source')} of ${sources.length} switched on; ${failing === 0 ? 'none fails' : `${failing} ${failing === 1 ? 'fails' : 'fail'}`}.`;
}

export function every(seconds: number): string {
  return `every ${duration(seconds)}`;
}

// The body of a form; what is empty stays as it is.
export function sourceBody(form: FormData): Schema['SourcePatch'] {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const body: Schema['SourcePatch'] = { url: text('url'), every_seconds: Math.round(Number(text('hours')) * 3600) };
  const parts = text('parts').split(/[\s,]+/).filter(Boolean);
  if (form.has('parts')) body.parts = parts;
  if (text('key')) body.key = text('key');
  return body;
}
