// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { bound, command, lastOf, recurrence, ruleOf, type Wish } from './schedules';

const wish: Wish = { kind: 'window', name: ' nights ', query: 'site = Kiel', start: '2026-01-05T02:00', hours: 2.5, repeat: 'weekly', weekdays: ['FR', 'MO'], rule: '', zone: '', zoneIfUnknown: 'UTC', yieldsTo: 'urgent', why: '' };

test.each([
  ['once', [], '', undefined],
  ['daily', [], '', 'FREQ=DAILY'],
  ['weekly', [], '', 'FREQ=WEEKLY'],
  ['weekly', ['FR', 'MO'], '', 'FREQ=WEEKLY;BYDAY=MO,FR'],
  ['rule', [], ' FREQ=MONTHLY;BYDAY=2TU ', 'FREQ=MONTHLY;BYDAY=2TU'],
  ['rule', [], ' ', undefined],
] as const)('%s on %j is a rule', (repeat, weekdays, rule, written) => expect(recurrence({ repeat, weekdays: [...weekdays], rule })).toBe(written));

test('what the form says is what the server takes', () =>
  expect(ruleOf(wish)).toEqual({ kind: 'window', name: 'nights', query: 'site = Kiel', times: [{ start: '2026-01-05T02:00', minutes: 150, rule: 'FREQ=WEEKLY;BYDAY=MO,FR' }], zone: '', zone_if_unknown: 'UTC', yields_to: 'urgent', why: '' }));

test('the same is to be had by a command', () =>
  expect(command(ruleOf(wish))).toBe("oakum window set nights --from 2026-01-05T02:00 --for 150m --repeat 'FREQ=WEEKLY;BYDAY=MO,FR' --query 'site = Kiel' --zone-if-unknown UTC --yields-to urgent"));

test('the command leaves out nothing that the form set', () => {
  expect(command(ruleOf({ ...wish, repeat: 'once', query: '', zone: 'Europe/Berlin', why: 'the line runs', yieldsTo: '' }))).toBe("oakum window set nights --from 2026-01-05T02:00 --for 150m --zone Europe/Berlin --why 'the line runs'");
  expect(command(ruleOf({ ...wish, repeat: 'once', query: '', zoneIfUnknown: '', yieldsTo: '' }))).toBe("oakum window set nights --from 2026-01-05T02:00 --for 150m --zone-if-unknown ''");
});

const wave = { name: 'canary', now: 3, later: [], after_those: 0, never: 0, zone_unknown: 0, sentence: '' };
test('a wave that nothing holds up is not bound', () => {
  expect(bound({ waves: [wave] })).toBe(false);
  expect(bound({ waves: [wave, { ...wave, never: 1 }] })).toBe(true);
  expect(lastOf(wave)).toBe('–');
  expect(lastOf({ ...wave, later: [{ from: '2026-05-05T02:00:00Z', to: '2026-05-05T04:00:00Z', devices: 2 }], after_those: 1 })).toBe('3 devices in more than 1 openings');
});
