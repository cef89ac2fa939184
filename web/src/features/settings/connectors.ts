// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';
import { counted } from '../../shared/format';
import type { State } from './sources';

type Connector = Schema['Connector'];

// What became of a connector, in a word with its shape.
export function connectorState(connector: Pick<Connector, 'enabled' | 'job' | 'error' | 'refused' | 'synced' | 'failures'>): State {
  if (connector.job) return { words: '… being synced', className: 'badge' };
  if (connector.refused) return { words: '✕ needs you', className: 'badge tone-bad' };
  if (connector.error) return { words: `✕ failed${connector.failures > 1 ? ` ${connector.failures} times` : ''}`, className: 'badge tone-bad' };
  if (!connector.enabled) return { words: '– off', className: 'badge' };
  return connector.synced ? { words: '✓ synced', className: 'badge tone-good' } : { words: '? not synced yet', className: 'badge tone-unknown' };
}

// It named far fewer devices than before: what a person may believe all the same.
export function lostMany(connector: Pick<Connector, 'refused' | 'error'>): boolean {
  return connector.refused && (connector.error ?? '').includes('left out more than a tenth');
}

// What the last full sweep did, in a sentence.
export function sweepSentence(connector: Pick<Connector, 'sweep' | 'synced' | 'missing'>): string {
  if (!connector.synced) return 'Nothing was read yet.';
  const { devices, created, changed, refused, gone } = connector.sweep;
  const parts = [`${created} new`, `${changed} changed`];
  if (refused > 0) parts.push(`${refused} refused`);
  if (gone > 0) parts.push(`${gone} retired, since it names them no more`);
  if (connector.missing > 0) parts.push(`${connector.missing} it did not name the last time`);
  return `${counted(devices, 'device')}: ${parts.join(', ')}.`;
}

export function connectionsSentence(connectors: Pick<Connector, 'enabled' | 'error' | 'title'>[]): string {
  if (connectors.length === 0) return 'None is connected.';
  const on = connectors.filter((each) => each.enabled);
  const failing = on.filter((each) => each.error).length;
  return `${counted(connectors.length, 'system')} connected, ${on.length} switched on; ${failing === 0 ? 'none fails' : `${failing} ${failing === 1 ? 'fails' : 'fail'}`}.`;
}

// The body of a form; what is empty stays as it is.
export function connectorBody(form: FormData): Schema['ConnectorPatch'] {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const body: Schema['ConnectorPatch'] = {};
  if (form.has('kind')) body.kind = text('kind') as Schema['Connector']['kind'];
  for (const field of ['account', 'client', 'secret', 'url', 'sign_in'] as const) if (text(field)) body[field] = text(field);
  if (text('hours')) body.every_seconds = Math.round(Number(text('hours')) * 3600);
  body.apps = form.get('apps') === 'on';
  return body;
}

export function floorBody(form: FormData): Schema['Floor'] {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const body: Schema['Floor'] = { platform: text('platform') as Schema['Floor']['platform'], days: Number(text('days')) };
  if (text('version')) body.version = text('version');
  if (text('patch_level')) body.patch_level = text('patch_level');
  return body;
}
