// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { actionsOf, adoption, adoptionParts, consequence, effectSentence, pathsSentence, worstFirst } from './model';

const release = {
  version: '1.5.0',
  adoption: [
    { model: 'GW', version: '1.4.2', devices: 7 },
    { model: 'GW', version: null, devices: 9 },
    { model: 'GW', version: '1.5.0', devices: 2 },
    { model: 'CAM', version: '1.5.0', devices: 30 },
  ],
};

test('adoption is told by model, this version first and the unknown last', () => {
  const [cam, gw] = adoption(release as never);
  expect(cam).toMatchObject({ model: 'CAM', devices: 30, here: 30 });
  expect(gw!.versions.map((row) => row.version)).toEqual(['1.5.0', '1.4.2', 'not known']);
  expect(gw).toMatchObject({ devices: 18, here: 2 });
  expect(adoptionParts(gw!).map((part) => part.tone)).toEqual(['good', 'calm', 'unknown']);
  expect(adoptionParts(gw!).map((part) => part.devices.query)).toEqual(['model = GW and running_version = 1.5.0', 'model = GW and running_version = 1.4.2', 'model = GW and not exists(running_version)']);
});

test.each([
  [[], 'No device of its models runs anything else.'],
  [[[7, true]], 'Every version that runs can go to 1.5.0: 7 devices.'],
  [[[7, true], [2, false]], '7 of 9 devices that run something else can go to 1.5.0; 2 cannot.'],
  [[[1, false]], '0 of 1 device that runs something else can go to 1.5.0; 1 cannot.'],
])('the versions that run: %j', (rows, sentence) =>
  expect(pathsSentence(rows.map(([devices, can]) => ({ devices, can })) as never, '1.5.0', 0)).toBe(sentence));

test('what is left out of the list is not spoken for', () =>
  expect(pathsSentence([{ devices: 7, can: true }, { devices: 2, can: false }] as never, '1.5.0', 3)).toBe('Of the 9 devices on the 2 versions that most run, 7 can go to 1.5.0 and 2 cannot; 3 versions with fewer devices are not looked at here.'));

test('what is exploited stands first, then by severity', () => {
  const row = (id: string, severity: string, exploited: boolean) => ({ id, severity, exploited, title: '' }) as never;
  expect(worstFirst([row('b', 'low', false), row('a', 'critical', false), row('c', 'medium', true), row('d', 'unknown', false)]).map((each: { id: string }) => each.id)).toEqual(['c', 'a', 'b', 'd']);
});

test('both actions say what they cannot undo', () => {
  expect(consequence('publish', 'x 1')).toContain('cannot be changed');
  expect(consequence('withdraw', 'x 1')).toContain('keep it');
});

test.each([
  [{ fixes_count: 41, brings_count: 2, compared_with: 'gateway 1.4.2' }, 'Compared with gateway 1.4.2: fixes 41, brings 2.'],
  [{ fixes_count: 0, brings_count: 1, compared_with: null }, 'There is nothing to compare it with; 1 vulnerability is open in it.'],
  [{ fixes_count: null, brings_count: null, compared_with: null }, 'Nobody can tell without an SBOM.'],
])('what a release does is told against what it is compared with', (release, sentence) => expect(effectSentence(release)).toBe(sentence));

test('what a check stops is not published, and can be withdrawn', () => {
  const release = (ok: boolean) => ({ actions: ['publish', 'withdraw', 'approve'] as never, checks: [{ name: 'type', verdict: 'failed' as const, ok, sentence: '.', overridable: false }] });
  expect(actionsOf(release(true), () => true)).toEqual(['publish', 'withdraw']);
  expect(actionsOf(release(false), () => true)).toEqual(['withdraw']);
  expect(actionsOf(release(true), (permission) => permission === 'release.publish')).toEqual(['publish']);
});
