// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';

export type ChannelKind = Schema['ChannelKind'];

export const channelKinds: Record<ChannelKind, { title: string; address: string; example: string; secret: string | null }> = {
  mail: { title: 'Mail', address: 'Mail server', example: 'smtp://mail.example.org:587', secret: 'Password of the account' },
  webhook: { title: 'Webhook (CloudEvents)', address: 'Address', example: 'https://example.org/oakum', secret: 'Key of the signature (one is made when this is empty)' },
  slack: { title: 'Slack', address: "The incoming webhook's address", example: 'https://hooks.slack.com/services/…', secret: null },
  teams: { title: 'Microsoft Teams', address: "The workflow's address", example: 'https://…', secret: null },
};

// What a form says, without the fields that its kind does not have.
export function channelBody(form: FormData): Schema['ChannelNew'] {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const body: Schema['ChannelNew'] = { name: text('name'), kind: text('kind') as ChannelKind, address: text('address'), pace: text('pace') as Schema['ChannelPace'] };
  // A secret may begin or end with a space.
  const secret = String(form.get('secret') ?? '');
  if (secret) body.secret = secret;
  for (const name of ['account', 'sender'] as const) if (text(name)) body[name] = text(name);
  const recipients = text('recipients').split(',').map((each) => each.trim()).filter(Boolean);
  if (recipients.length > 0) body.recipients = recipients;
  return body;
}

// What a form says otherwise than the channel is; an empty address or secret stays.
export function channelPatch(channel: Schema['Channel'], form: FormData): Schema['ChannelPatch'] {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const body: Schema['ChannelPatch'] = {};
  if (text('name') !== channel.name) body.name = text('name');
  if (text('pace') !== channel.pace) body.pace = text('pace') as Schema['ChannelPace'];
  if (text('address')) body.address = text('address');
  const secret = String(form.get('secret') ?? '');
  if (secret) body.secret = secret;
  if (channel.kind !== 'mail') return body;
  for (const name of ['account', 'sender'] as const) if (text(name) !== (channel[name] ?? '')) body[name] = text(name);
  const recipients = text('recipients').split(',').map((each) => each.trim()).filter(Boolean);
  if (recipients.join() !== channel.recipients.join()) body.recipients = recipients;
  return body;
}

export function channelState(channel: Pick<Schema['Channel'], 'last_error' | 'delivered'>): string {
  if (channel.last_error) return channel.last_error;
  return channel.delivered ? 'none' : 'nothing was told yet';
}
