// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { connectionsSentence, connectorBody, connectorState, floorBody, lostMany, sweepSentence } from './connectors';

const off = { enabled: false, job: null, error: null, refused: false, synced: null, failures: 0 };

test.each([
  [off, '– off'],
  [{ ...off, enabled: true }, '? not synced yet'],
  [{ ...off, enabled: true, synced: '2026-11-01T00:00:00Z' }, '✓ synced'],
  [{ ...off, enabled: true, error: 'nobody answers', failures: 1 }, '✕ failed'],
  [{ ...off, enabled: true, error: 'nobody answers', failures: 3 }, '✕ failed 3 times'],
  [{ ...off, enabled: true, error: 'credentials', refused: true, failures: 1 }, '✕ needs you'],
  [{ ...off, enabled: true, error: 'x', refused: true, failures: 1, job: 'j' }, '… being synced'],
])('what became of a connector is said in a word', (connector, words) => expect(connectorState(connector).words).toBe(words));

const sweep = { devices: 1200, created: 3, changed: 20, unchanged: 1177, refused: 0, older: 0, left: 0, gone: 0, pages: 3 };
test('what a sweep did is said in a sentence', () => {
  expect(sweepSentence({ sweep, synced: null, missing: 0 })).toBe('Nothing was read yet.');
  expect(sweepSentence({ sweep, synced: 'x', missing: 0 })).toBe('1,200 devices: 3 new, 20 changed.');
  expect(sweepSentence({ sweep: { ...sweep, refused: 1, gone: 2 }, synced: 'x', missing: 4 })).toBe(
    '1,200 devices: 3 new, 20 changed, 1 refused, 2 retired, since it names them no more, 4 it did not name the last time.',
  );
});

test.each([
  [[], 'None is connected.'],
  [[{ enabled: true, error: null, title: 'a' }], '1 system connected, 1 switched on; none fails.'],
  [[{ enabled: true, error: 'x', title: 'a' }, { enabled: false, error: 'y', title: 'b' }], '2 systems connected, 1 switched on; 1 fails.'],
])('connectors are summed up', (connectors, words) => expect(connectionsSentence(connectors)).toBe(words));

test('a form sends what was typed, and a secret only when there is one', () => {
  const form = new FormData();
  form.set('account', ' tenant ');
  form.set('secret', '');
  form.set('hours', '0.5');
  expect(connectorBody(form)).toEqual({ account: 'tenant', every_seconds: 1800, apps: false });
  form.set('kind', 'intune');
  form.set('secret', 's');
  form.set('apps', 'on');
  expect(connectorBody(form)).toEqual({ kind: 'intune', account: 'tenant', secret: 's', every_seconds: 1800, apps: true });
});

test('a floor sends what was typed', () => {
  const form = new FormData();
  form.set('platform', 'android');
  form.set('version', '');
  form.set('patch_level', '2026-08-05');
  form.set('days', '3');
  expect(floorBody(form)).toEqual({ platform: 'android', patch_level: '2026-08-05', days: 3 });
});

test('only a sweep that lost many can be believed all the same', () => {
  expect(lostMany({ refused: true, error: 'it named 40 devices, and left out more than a tenth of those that it had named before' })).toBe(true);
  expect(lostMany({ refused: true, error: 'it refuses the credentials' })).toBe(false);
  expect(lostMany({ refused: false, error: null })).toBe(false);
});
