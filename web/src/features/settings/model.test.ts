// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import rules from '../../../../src/domain/access/src/rules.cpp?raw';
import { backupState, clientWords, inGroups, lastAdministrator, newest, groupChoices, passwordProblem, recoverySentence, roleWords, ruleChangeSentence, ruleSentence, scheduleSentence, scopeToSend, sourcesSentence, stateOfPerson, tabOf, tokenState, wideningSentence } from './model';

test('an unknown tab is the first', () => {
  expect(tabOf('keys')).toBe('keys');
  expect(tabOf(undefined)).toBe('sources');
});

test.each([
  [null, 'not stated'],
  ['2026-08-21T00:21:36Z', '2026-08-21'],
])('the newest record of %s is %s', (at, text) => expect(newest({ newest: at })).toBe(text));

test.each([
  [[{ stale: false, rejected: 0 }], '1 source; all imported within a week; no record was rejected.'],
  [[{ stale: true, rejected: 3 }, { stale: false, rejected: 0 }], '2 sources; 1 not imported for over a week; 3 records rejected.'],
])('sources are summed up', (feeds, text) => expect(sourcesSentence(feeds as never)).toBe(text));

test.each([
  [{ every_seconds: 86_400, keep: 7, with_files: true, folder: '/d/backups' }, 'The server makes one every 24 hours in /d/backups, whole, reads it back, and keeps the newest 7.'],
  [{ every_seconds: 604_800, keep: 1, with_files: false, folder: '/b' }, 'The server makes one every 7 days in /b, without artifacts and feeds, reads it back, and keeps the newest 1.'],
  [{ every_seconds: 0, keep: 7, with_files: true, folder: '/b' }, 'The server makes no backup by itself; yours go to /b.'],
])('when backups are made is said in a sentence', (schedule, text) => expect(scheduleSentence(schedule)).toBe(text));

test('a backup that nobody read back is neither good nor bad', () => {
  expect(backupState.unverified.className).toContain('unknown');
  expect(new Set(Object.values(backupState).map((state) => state.words)).size).toBe(4);
});

const now = Date.parse('2026-11-22T16:00:00Z');
test.each([
  [{ revoked: true, expires: '2027-01-01T00:00:00Z' }, 'revoked'],
  [{ revoked: false, expires: '2026-11-22T15:00:00Z' }, 'ended'],
  [{ revoked: false, expires: '2027-01-01T00:00:00Z', uses_left: 0 }, 'used up'],
  [{ revoked: false, expires: '2027-01-01T00:00:00Z', uses_left: 1 }, 'usable'],
  [{ revoked: false, expires: '2027-01-01T00:00:00Z' }, 'usable'],
])('a token %j is %s', (token, state) => expect(tokenState(token, now)).toBe(state));

test('the last administrator is known as such', () => {
  const users = [
    { id: 'a', role: 'administrator', disabled: false },
    { id: 'b', role: 'administrator', disabled: true },
    { id: 'c', role: 'viewer', disabled: false },
  ] as never[];
  expect(lastAdministrator(users, 'a')).toBe(true);
  expect(lastAdministrator(users, 'c')).toBe(false);
});

test('each role is told in words', () => {
  for (const role of ['viewer', 'operator', 'approver', 'administrator'] as const) expect(roleWords(role).length).toBeGreaterThan(10);
});

test.each([
  ['a long enough one', 'a long enough one', ''],
  ['a long enough one', 'a long enough two', 'It is not the same as above.'],
  ['Administrator', 'Administrator', 'It is your name.'],
  ['aaaaaaaaaaaa', 'aaaaaaaaaaaa', 'It is one character repeated.'],
])('the password %s, again %s: %s', (next, again, problem) => expect(passwordProblem('administrator', next, again)).toBe(problem));

test('a browser is named by what it is and where it runs, another program by its own word', () => {
  expect(clientWords('Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0')).toBe('Firefox on Linux');
  expect(clientWords('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 Edg/120.0')).toBe('Edge on Windows');
  expect(clientWords('Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36')).toBe('Chrome on Android');
  expect(clientWords('oakum/0.1')).toBe('oakum');
  expect(clientWords('')).toBe('not said');
  expect(clientWords('x'.repeat(200))).toBe('x'.repeat(24));
});

test('a secret is shown in groups of four, and how many recovery codes are left in words', () => {
  expect(inGroups('GEZDGNBVGY')).toBe('GEZD GNBV GY');
  expect(inGroups('')).toBe('');
  expect(recoverySentence(10)).toBe('10 recovery codes are left.');
  expect(recoverySentence(1)).toBe('1 recovery code is left.');
  expect(recoverySentence(0)).toBe('No recovery code is left: make new ones.');
});

test('whom the rule of a second factor holds, and who is not there yet', () => {
  const person = { second_factor: false, disabled: false, break_glass: false, identity: null };
  const people = [person, { ...person, second_factor: true }, { ...person, disabled: true }, { ...person, break_glass: true }, { ...person, identity: 'https://id.example 7' }];
  expect(ruleSentence(false, people)).toBe('A second factor is not required; 1 of 2 have none.');
  expect(ruleSentence(true, people)).toBe('Everybody signs in with a second factor; 1 person of 2 set theirs up when they next sign in.');
  expect(ruleSentence(true, people.slice(1))).toBe('Everybody signs in with a second factor, and everybody has one.');
  expect(ruleSentence(false, [])).toBe('A second factor is not required, and everybody has one.');
});

test('how somebody can sign in, in words', () => {
  const person = { disabled: false, password_set: true, identity: null, break_glass: false };
  expect(stateOfPerson(person)).toBe('can sign in');
  expect(stateOfPerson({ ...person, password_set: false })).toBe('has no password');
  expect(stateOfPerson({ ...person, break_glass: true })).toBe('break-glass account');
  expect(stateOfPerson({ ...person, identity: 'https://id.example 7' })).toBe('signs in at the identity provider');
  expect(stateOfPerson({ ...person, disabled: true, break_glass: true })).toBe('disabled');
});

test.each([
  ['nothing that was not changed is sent', ['b', 'a'], 'groups', ['a', 'b'], {}],
  ['a changed choice is sent whole', ['a'], 'groups', ['a', 'b'], { scope: ['a', 'b'] }],
  ['no group chosen is never the whole fleet', ['a'], 'groups', [], { problem: 'Choose the groups, or the whole fleet.' }],
  ['a sheet without its groups sends nothing', ['a'], null, [], { problem: 'Say what they see: the whole fleet, or only some groups.' }],
  ['the whole fleet is chosen in words', ['a'], 'fleet', ['a'], { scope: [] }],
  ['who saw the whole fleet keeps it', [], 'fleet', [], {}],
  ['a new person is told what they see', undefined, 'fleet', [], { scope: [] }],
  ['a new person without a choice is refused', undefined, null, [], { problem: 'Say what they see: the whole fleet, or only some groups.' }],
])('%s', (_, before, reach, chosen, sent) => expect(scopeToSend(before as string[] | undefined, reach, chosen)).toEqual(sent));

test('a group that somebody has stays in the sheet, also when it is not among those that were found', () => {
  const group = (id: string) => ({ id, name: id });
  expect(groupChoices([group('a')], [group('a'), group('z')]).map((each) => each.id)).toEqual(['z', 'a']);
});

test('only a wider reach is warned of', () => {
  expect(wideningSentence('bert', 'groups', 'fleet')).toContain('bert sees and changes the whole fleet');
  expect(wideningSentence('bert', 'fleet', 'fleet')).toBeNull();
  expect(wideningSentence('bert', 'groups', 'groups')).toBeNull();
});

test('what another rule of signing in means is said before it is set', () => {
  const user = (second_factor: boolean, over = {}) => ({ second_factor, disabled: false, break_glass: false, identity: null, ...over });
  expect(ruleChangeSentence(false, [user(true), user(false), user(false, { disabled: true })])).toBe('1 person of 2 has none: until it is set up they reach no other page.');
  expect(ruleChangeSentence(false, [user(true)])).toContain('Everybody has one');
  expect(ruleChangeSentence(true, [user(false)])).toContain('a password alone');
});

// What the page says of a role is held against the server's table of permissions.
const sets: Record<string, string[]> = Object.fromEntries([...rules.matchAll(/constexpr Roles (\w+) = Roles::of\(([^)]*)\);/g)].map((found) => [found[1]!, found[2]!.split(',').map((role) => role.trim().replace('operator_', 'operator'))]));
test.each([
  ['release.publish', 'publishes releases'],
  ['release.create', 'builds releases'],
  ['device.import', 'imports'],
  ['enrolment.edit', 'enrols'],
  ['rollout.create', 'plans and runs rollouts'],
])('who has %s, and nobody else, is said to do it', (permission, words) => {
  const roles = sets[new RegExp(`"${permission.replace('.', '\\.')}", (\\w+),`).exec(rules)![1]!]!;
  for (const role of ['viewer', 'operator', 'approver'] as const) expect(roleWords(role).includes(words), role).toBe(roles.includes(role));
});
