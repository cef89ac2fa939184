// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { Schema } from './api/client';
import { isApprovalAsked, isBy, mayNotApprove, stopsSentence, titleOf, verdicts } from './releases';

type Check = Schema['Release']['checks'][number];
const check = (name: string, verdict: Check['verdict']): Check => ({ name, verdict, ok: verdict !== 'failed' && verdict !== 'waits', sentence: '.', overridable: false });
const draft = (...checks: Check[]) => ({ state: 'draft' as const, checks });
const me = (name: string, ...permissions: string[]) => ({ name, permissions: permissions as Schema['Permission'][] });

test('each verdict has a word, a shape and a tone of its own', () => {
  expect(new Set(Object.values(verdicts).map((each) => each.words)).size).toBe(6);
  expect(new Set(Object.values(verdicts).map((each) => each.shape)).size).toBe(6);
});

test('a check that is not known here is called by its own name', () => expect([titleOf('type'), titleOf('virus')]).toEqual(['Kind of file', 'virus']));

test.each([
  ['user anna', 'anna', true],
  ['token ci of anna', 'anna', true],
  ['user anna2', 'anna', false],
  ['token of anna of bert', 'anna', false],
])('%s is %s: %s', (actor, name, is) => expect(isBy(actor, name)).toBe(is));

test('who made a draft does not approve it, nor who may not approve anything', () => {
  const release = { makers: ['user anna', 'token ci of bert'] };
  expect(mayNotApprove(release, me('anna', 'release.publish'))).toMatch(/^You made it/);
  expect(mayNotApprove(release, me('bert', 'release.publish'))).toMatch(/^You made it/);
  expect(mayNotApprove(release, me('cleo', 'release.publish'))).toBe('');
  expect(mayNotApprove(release, me('cleo'))).toBe('Your role does not approve releases.');
});

test('an approval is asked for while it waits or was refused, of drafts alone', () => {
  expect(isApprovalAsked(draft(check('approval', 'waits')))).toBe(true);
  expect(isApprovalAsked(draft(check('approval', 'failed')))).toBe(true);
  expect(isApprovalAsked(draft(check('approval', 'passed')))).toBe(false);
  expect(isApprovalAsked(draft(check('approval', 'not_asked')))).toBe(false);
  expect(isApprovalAsked({ state: 'published', checks: [check('approval', 'waits')] })).toBe(false);
});

test('what stops a draft is counted and named, and nothing stops what is published', () => {
  expect(stopsSentence(draft(check('type', 'failed'), check('hardware', 'cannot_tell'), check('approval', 'waits')))).toBe('2 checks stop it: kind of file, approval.');
  expect(stopsSentence(draft(check('type', 'overridden')))).toBe('');
  expect(stopsSentence({ state: 'published', checks: [check('type', 'failed')] })).toBe('');
});
