// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { choices, choicesFor, commandOf, danger, goesOn, requestOf, type Filled, undoableAction, whomOf } from './bulk';

const filled = (name: string, over: Partial<Filled> = {}): Filled => ({ choice: choices.find((each) => each.name === name)!, value: '', tag: '', group: '', ...over });

test.each([
  [filled('hold'), { query: 'kev', action: 'hold' }, 'oakum device bulk --query kev --hold'],
  [filled('owner', { value: ' line 4 ' }), { query: 'kev', action: 'set', facts: { owner: 'line 4' } }, "oakum device bulk --query kev --fact 'owner=line 4'"],
  [filled('owner'), { query: 'kev', action: 'set', facts: { owner: null } }, "oakum device bulk --query kev --fact 'owner='"],
  [filled('tag', { tag: 'ring', value: '1' }), { query: 'kev', action: 'set', facts: { 'tag.ring': '1' } }, "oakum device bulk --query kev --fact 'tag.ring=1'"],
  [filled('group', { group: 'g1' }), { query: 'kev', action: 'move', group: 'g1' }, 'oakum device bulk --query kev --group g1'],
  [filled('group'), { query: 'kev', action: 'move', group: null }, 'oakum device bulk --query kev --group ""'],
  [filled('retire'), { query: 'kev', action: 'retire' }, 'oakum device bulk --query kev --retire'],
])('%j asks for %j', (form, request, command) => {
  expect(requestOf(whomOf('kev', undefined, undefined), form)).toEqual(request);
  expect(commandOf(requestOf(whomOf('kev', undefined, undefined), form)!)).toBe(command);
});

test('a tag without a name is nothing yet', () => expect(requestOf({ query: 'kev' }, filled('tag', { value: '1' }))).toBeNull());
test('the whole fleet is an empty query', () => expect(commandOf(requestOf(whomOf(undefined, undefined, undefined), filled('hold'))!)).toBe('oakum device bulk --query "" --hold'));

test.each([
  [['device.edit'], ['owner', 'site', 'criticality', 'exposure', 'tag', 'group']],
  [['device.operate'], ['hold', 'release', 'retire']],
  [['device.revoke'], ['re-enrol']],
  [[], []],
])('who may %j is offered %j', (permissions, names) => expect(choicesFor((asked) => permissions.includes(asked as never)).map((choice) => choice.name)).toEqual(names));

test('what takes devices out is marked', () => expect(choices.filter(danger).map((choice) => choice.name)).toEqual(['re-enrol', 'retire']));
test.each([['running', true], ['undoing', true], ['cancelling', true], ['cancelled', false], ['done', false], ['undone', false], ['interrupted', false]] as const)('an edit that is %s goes on: %s', (state, on) => expect(goesOn({ state })).toBe(on));
test('a button says what will be, and to how many', () => expect(choices.map((choice) => choice.button('7 devices')).join(', ')).toBe('Set the owner of 7 devices, Set the site of 7 devices, Set how critical 7 devices are, Set how exposed 7 devices are, Tag 7 devices, Move 7 devices, Hold 7 devices, Release 7 devices, Ask 7 devices to enrol again, Retire 7 devices'));

test.each([
  ['hold', { query: 'id = 01d', action: 'hold' }],
  ['release', { query: 'id = 01d', action: 'release' }],
  ['retire', { query: 'id = 01d', action: 'retire' }],
  ['revoke', null],
  ['update-now', null],
])('%s of one device, to be taken back', (action, request) => expect(undoableAction('01d', action)).toEqual(request));
test('of a query those that a figure counts, or a row of Fixes', () => {
  expect(requestOf(whomOf('kev', 'without_fix', undefined), filled('hold'))).toEqual({ query: 'kev', part: 'without_fix', action: 'hold' });
  expect(commandOf(requestOf(whomOf(undefined, 'without_fix', undefined), filled('hold'))!)).toBe('oakum device bulk --query "" --part without_fix --hold');
  expect(commandOf(requestOf(whomOf('site = A', undefined, 'release:1 2'), filled('hold'))!)).toBe("oakum device bulk --query 'site = A' --fix 'release:1 2' --hold");
});
