// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { actionsFor, actionTitle, consequence, filters, firstFilter, isDangerous, mayNotApprove, narrowWords, ofRollout, outcomeOf, parts, planWords, scopeQuery, share, trouble, usualReason } from './model';
import { isBy } from '../../shared/releases';

const totals = { started: 60, pending: 10, verified: 40, failed: 3, rolled_back: 2, silent: 5 };

test('every device of the scope has a place in the bar', () => {
  const of = (in_scope: number, cannot_tell: number) => parts({ id: '01r', totals, in_scope, cannot_tell, devices_query: 'model = GW' });
  expect(of(100, 0).reduce((sum, part) => sum + part.value, 0)).toBe(100);
  expect(of(100, 0).find((part) => part.label === 'silent')?.tone).toBe('unknown');
  // Neither in scope nor known to be out of it: never folded into another.
  expect(of(100, 7).find((part) => part.label === 'cannot tell if in scope')).toMatchObject({ value: 7, tone: 'unknown', devices: { query: 'model = GW', part: 'unknown' } });
  expect(of(100, 7).reduce((sum, part) => sum + part.value, 0)).toBe(107);
  expect(trouble(totals)).toBe(10);
});

test('a figure of a rollout leads to the devices that it counts', () => {
  expect(ofRollout('01r', 'failed', { model: 'GW', reason: 'health_failed' })).toEqual({ to: '/rollouts/$id', params: { id: '01r' }, search: { only: 'failed', model: 'GW', reason: 'health_failed' }, hash: 'its-devices' });
  expect(outcomeOf('trouble')).toBe('trouble');
  expect(outcomeOf('all')).toBeUndefined();
});

test.each([
  [undefined, undefined, undefined, ''],
  ['canary', undefined, undefined, 'of wave canary'],
  [undefined, 'GW', 'health_failed', 'of model GW, with the cause health failed'],
  [undefined, 'GW', 'none', 'of model GW, with no cause told'],
])('wave %s, model %s, cause %s', (wave, model, reason, words) => expect(narrowWords(wave, model, reason)).toBe(words));

test('shares are percent', () => {
  expect(share(50_000)).toBe('5 %');
  expect(share(1_000_000)).toBe('100 %');
});

test('what cannot be taken back looks like it', () => {
  expect(isDangerous('roll-back')).toBe(true);
  expect(isDangerous('pause')).toBe(false);
  expect(actionTitle('open-next-wave')).toBe('Open next wave');
});

test('each action says what it does', () => {
  for (const action of ['start', 'approve', 'pause', 'resume', 'halt', 'abort', 'open-next-wave', 'roll-back', 'finish']) expect(consequence(action).length).toBeGreaterThan(20);
});

test('stopping needs no words of its own; what cannot be undone does', () => {
  expect(usualReason('halt')).toBe('Halt by hand');
  expect(usualReason('roll-back')).toBe('');
});

test.each([
  ['user anna', 'anna', true],
  ['token laptop of anna', 'anna', true],
  ['user anna-maria', 'anna', false],
  ['user bert', 'anna', false],
])('what %s made was made by %s: %s', (createdBy, name, made) => expect(isBy(createdBy, name)).toBe(made));

const me = (name: string, another: boolean, ...permissions: string[]) => ({ name, permissions, features: { tenants: false, approval_by_another: another } }) as never;
const waiting = { actions: ['approve', 'abort'], created_by: 'user anna', unapproved: [] } as never;
const changed = { actions: ['approve', 'pause'], created_by: 'user anna', unapproved: ['user carol', 'token ci of bert'] } as never;
test.each([
  ['anna may not approve her own plan', me('anna', true, 'rollout.approve', 'rollout.halt'), ['abort']],
  ['anna may where one person is enough', me('anna', false, 'rollout.approve', 'rollout.halt'), ['approve', 'abort']],
  ['bert approves', me('bert', true, 'rollout.approve'), ['approve']],
  ['a viewer looks', me('vera', true), []],
])('%s', (_, who, actions) => expect(actionsFor(waiting, who)).toEqual(actions));

test.each([
  ['dora', true],
  ['carol', false],
  ['bert', false],
  ['anna', false],
])('changed waves are approved by who neither made nor changed the plan: %s %s', (who, may) =>
  expect(actionsFor(changed, me(who, true, 'rollout.approve')).includes('approve')).toBe(may),
);
test('what is approved is said: a plan, or waves that were changed while it runs', () => {
  expect([actionTitle('approve', 'awaiting_approval'), actionTitle('approve', 'running')]).toEqual(['Approve', 'Approve the changed waves']);
  expect(consequence('approve', 'running')).toBe('The waves that were changed may open, as they are now.');
});

test.each([
  [me('anna', true, 'rollout.approve'), 'awaiting_approval', 'You made this plan: somebody else has to approve it.'],
  [me('anna', false, 'rollout.approve'), 'awaiting_approval', ''],
  [me('vera', true), 'awaiting_approval', 'Your role does not approve plans.'],
  [me('vera', true), 'running', ''],
])('why one cannot approve', (who, state, words) => expect(mayNotApprove({ state: state as never, created_by: 'user anna', unapproved: [] }, who)).toBe(words));
test('who changed its waves is told why they cannot approve that', () =>
  expect(mayNotApprove({ state: 'running', created_by: 'user anna', unapproved: ['user carol'] }, me('carol', true, 'rollout.approve'))).toBe('You changed its waves: somebody else has to approve that.'));

test('ending a plan that waits for approval is refusing it', () => {
  expect(actionTitle('abort', 'awaiting_approval')).toBe('Refuse');
  expect(actionTitle('abort', 'running')).toBe('End for good');
  expect(consequence('abort', 'awaiting_approval')).not.toBe(consequence('abort', 'running'));
});

test.each([
  [['A', 'B'], '', 'model in (A, B)'],
  [['A "1"'], 'kev or hold = no', '(kev or hold = no) and model in ("A \\"1\\"")'],
])('the scope of %j and "%s" is %s', (models, query, text) => expect(scopeQuery(models, query)).toBe(text));

const gate = { minimum: 10, tolerated_failure_ppm: 50_000, halt_error_ppm: 10_000, proceed_error_ppm: 50_000, hard_stop: 0, unproven: 'ask', soak_seconds: 3600 };
const plan = {
  name: 'p',
  release: 'r',
  query: 'site = Lab',
  soak_seconds: 1800,
  step_timeout_seconds: 86_400,
  max_attempts: 3,
  rollback_on_halt: false,
  waves: [
    { name: 'canary', share_ppm: 20_000, gate },
    { name: 'rest', share_ppm: 1_000_000, gate },
  ],
};
const planned = { plan, release: { id: 'r', name: 'gateway', version: '1.5.0' }, in_scope: 485, waves: [{ expected: 10, to_prove: 70 }, { expected: 475, to_prove: 70 }] };

test('a plan is told in words, without a statistical term', () => {
  expect(planWords(planned as never)).toEqual([
    'gateway 1.5.0 goes to 485 devices: those that match site = Lab.',
    '2 waves: canary (up to 2 %, 10 devices), rest (up to 100 %, 475 devices). Which device is in which wave is settled by chance, and stays.',
    'A device is done when it reports the new version after its restart and was healthy for 30 minutes.',
    'The next wave opens when 10 devices of the wave before (or all, when it is smaller) are healthy and the last of them has been so for 1 hour, and it is clear that at most 5 % fail.',
    'It halts by itself when it is clear that more than 5 % fail, fall back or go silent.',
    'Up to canary there are 10 devices, and it takes 70 to be clear about 5 %: a person opens the next one.',
    'A device that says nothing for 24 hours during its update counts as silent. Each is tried at most 3 times.',
    'When it halts, devices that were already updated keep the release until somebody rolls back.',
  ]);
});

test('waves that ask for devices, and a plan that starts by itself, are told', () => {
  const waves = [{ name: 'lab', share_ppm: 1_000_000, query: 'tag.ring = lab', gate }, { name: 'pilot', share_ppm: 50_000, query: 'site = Kiel', gate }, { ...plan.waves[1] }];
  const words = planWords({ ...planned, plan: { ...plan, waves, starts_at: '2026-12-01T22:00:00Z' }, waves: [{ expected: 3, to_prove: 70 }, { expected: 5, to_prove: 70 }, { expected: 477, to_prove: 70 }] } as never);
  expect(words[1]).toBe('3 waves: lab (where tag.ring = lab, 3 devices), pilot (up to 5 % where site = Kiel, 5 devices), rest (up to 100 %, 477 devices). A device is of the first wave that takes it; where a wave takes a share, which devices these are is settled by chance, and stays.');
  expect(words.join(' ')).toMatch(/It starts by itself on 2026-12-0\d [\d:]+ .*, once it may\./);
});

test('waves with rules of their own are told one by one', () => {
  const words = planWords({ ...planned, plan: { ...plan, waves: [plan.waves[0], { ...plan.waves[1], gate: { ...gate, hard_stop: 9 } }] } } as never);
  expect(words).toContain('In wave rest it halts by itself when it is clear that more than 5 % fail, fall back or go silent, or 9 devices did.');
});

test('a wave that can be proven needs nobody, and one that opens by itself says that nothing is proven', () => {
  const enough = { ...planned, waves: [{ expected: 70, to_prove: 70 }, { expected: 475, to_prove: 70 }] };
  expect(planWords(enough as never).join(' ')).not.toContain('it takes');
  const open = { ...plan, waves: [{ ...plan.waves[0], gate: { ...gate, unproven: 'open' } }, plan.waves[1]] };
  expect(planWords({ ...planned, plan: open } as never).join(' ')).toContain('the next one opens when all is well in it, not proven.');
});

test('those in trouble are shown first', () => {
  expect(firstFilter(totals)).toBe('trouble');
  expect(firstFilter({ ...totals, failed: 0, rolled_back: 0, silent: 0 })).toBe('started');
  expect(filters(totals).map((filter) => filter.title)).toEqual(['all 60', 'trouble 10', 'failed 3', 'fell back 2', 'silent 5', 'under way 10', 'verified 40']);
});
