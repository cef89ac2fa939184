// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { channelBody, channelPatch, channelState } from './channels';

function form(fields: Record<string, string>) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

test('a form says only what its kind has', () => {
  expect(channelBody(form({ name: ' hook ', kind: 'webhook', address: 'https://e.org/h', pace: 'digest', secret: '' }))).toEqual({ name: 'hook', kind: 'webhook', address: 'https://e.org/h', pace: 'digest' });
  expect(channelBody(form({ name: 'm', kind: 'mail', address: 'smtp://m:587', pace: 'at_once', secret: ' s ', account: 'a', sender: 'o@e.org', recipients: 'a@e.org, b@e.org,' }))).toEqual({
    name: 'm', kind: 'mail', address: 'smtp://m:587', pace: 'at_once', secret: ' s ', account: 'a', sender: 'o@e.org', recipients: ['a@e.org', 'b@e.org'],
  });
});

test.each([
  [{ last_error: null, delivered: null }, 'nothing was told yet'],
  [{ last_error: null, delivered: '2026-11-26T02:00:00Z' }, 'none'],
  [{ last_error: 'nobody answers at its address', delivered: null }, 'nobody answers at its address'],
])('%j', (channel, words) => expect(channelState(channel)).toBe(words));

test('only what is otherwise is sent, and an empty address or secret stays', () => {
  const channel = { id: 'c', name: 'on call', kind: 'mail', pace: 'digest', server: 'mail.example.org:587', account: 'a', sender: 's@example.org', recipients: ['x@example.org'] } as never;
  const form = (fields: Record<string, string>) => {
    const data = new FormData();
    for (const [name, value] of Object.entries({ name: 'on call', pace: 'digest', address: '', secret: '', account: 'a', sender: 's@example.org', recipients: 'x@example.org', ...fields })) data.set(name, value);
    return data;
  };
  expect(channelPatch(channel, form({}))).toEqual({});
  expect(channelPatch(channel, form({ name: 'night', recipients: 'x@example.org, y@example.org', secret: ' p ' }))).toEqual({ name: 'night', recipients: ['x@example.org', 'y@example.org'], secret: ' p ' });
  expect(channelPatch(channel, form({ address: 'smtp://other:587', pace: 'at_once' }))).toEqual({ address: 'smtp://other:587', pace: 'at_once' });
});
