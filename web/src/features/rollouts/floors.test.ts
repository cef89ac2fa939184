// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { askedOf, deedsFor, command, planCommand, planOf, policyOf, standing } from './floors';

function form(values: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
}

test('a form becomes a floor, and what is empty is left to the server', () => {
  expect(policyOf(form({ name: ' phones ', platform: 'ios', what: 'latest', version: '26.4', days: '10', hour: '' }))).toEqual({ name: 'phones', platform: 'ios', latest: true, days: 10 });
  expect(policyOf(form({ name: 'droids', platform: 'android', what: 'version', version: '', patch_level: '2026-08-05', from: '22:00', to: '05:00', accepts_unoffered: 'on' }))).toEqual({
    name: 'droids',
    platform: 'android',
    patch_level: '2026-08-05',
    install: '22:00-05:00',
    accepts_unoffered: true,
  });
  expect(policyOf(form({ name: 'p', platform: 'ios', what: 'version', version: '26.4', patch_level: '2026-08-05' }))).toEqual({ name: 'p', platform: 'ios', version: '26.4' });
});

test('the same in a terminal', () => {
  expect(command({ name: 'phones', platform: 'ios', latest: true, days: 10, query: 'site = "Kiel 1"' })).toBe(`oakum floor add phones --platform ios --latest --query 'site = "Kiel 1"' --days 10`);
  expect(command({ name: 'droids', platform: 'android', patch_level: '2026-08-05', install: '22:00-05:00', zone_if_unknown: 'Europe/Berlin', why: 'a hole' })).toBe("oakum floor add droids --platform android --patch-level 2026-08-05 --zone-if-unknown Europe/Berlin --install 22:00-05:00 --why 'a hole'");
});

test('each standing has a word and a shape', () => {
  for (const state of ['overdue', 'cannot', 'short', 'unknown', 'excepted'] as const) expect(standing(state).words).toMatch(/^\S .+/);
});

test('a rollout of a floor names the floor, and is the same in a terminal', () => {
  const plan = planOf('droids', 'Android with the patch level 2026-08-05');
  expect(plan).toEqual({ name: 'phones to Android with the patch level 2026-08-05', floor: 'droids', care: 'careful' });
  expect(planCommand({ ...plan, name: 'august', query: 'site = Kiel' })).toBe(`oakum rollout create --name august --floor droids --query 'site = Kiel' --care careful`);
});

test.each([
  ['an approver decides about what another asked', 'asked', 'user anna', ['exception.approve', 'exception.withdraw'], ['approve', 'refuse', 'withdraw']],
  ['who asked may take it back, and not approve it', 'asked', 'user bert', ['exception.approve', 'exception.withdraw'], ['withdraw']],
  ['what is in force is withdrawn', 'approved', 'user anna', ['exception.approve', 'exception.withdraw'], ['withdraw']],
  ['a viewer decides nothing', 'asked', 'user anna', [], []],
  ['what is over stays', 'refused', 'user anna', ['exception.approve', 'exception.withdraw'], []],
])('%s', (_, state, asked_by, permissions, deeds) => expect(deedsFor({ state, asked_by } as never, (each) => permissions.includes(each), 'bert')).toEqual(deeds));

test('what waits is found in all floors', () => {
  const floor = (name: string, ...states: string[]) => ({ name, exceptions: states.map((state, number) => ({ state, number })) }) as never;
  expect(askedOf([floor('a', 'approved', 'asked'), floor('b', 'refused'), floor('c', 'asked')]).map(({ floor, row }: { floor: { name: string }; row: { number: number } }) => `${floor.name}${row.number}`)).toEqual(['a1', 'c0']);
});
