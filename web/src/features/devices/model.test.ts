// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { deviceChange, narrowed, previewText, sortFacts, tabOf, updateSentence, shownWords } from './model';

test.each([
  [{ count: 1, unknown: 0, sample: [], error: null }, '1 device would match'],
  [{ count: 1200, unknown: 7, sample: [], error: null }, '1,200 devices would match; for 7 it cannot be told'],
  [{ count: 0, unknown: 0, sample: [], error: { message: 'expected a value', column: 8 } }, 'Column 8: expected a value'],
])('a preview says what a query would do', (preview, text) => expect(previewText(preview as never)).toBe(text));

test('facts that people look for stand first', () => {
  expect(sortFacts([{ key: 'zone' }, { key: 'x.rack' }, { key: 'serial' }, { key: 'kernel' }]).map((fact) => fact.key)).toEqual(['serial', 'zone', 'kernel', 'x.rack']);
});

test.each([
  [undefined, 'model', 'AC-GW200', 'model = AC-GW200'],
  ['kev', 'site', 'Pune plant', 'kev and site = "Pune plant"'],
  ['kev or hold = yes', 'site', 'a"b*', '(kev or hold = yes) and site = "a\\"b\\*"'],
  [undefined, 'owner', null, 'not exists(owner)'],
  [undefined, 'zone', 'or', 'zone = "or"'],
])('the query %s with %s = %s is %s', (query, key, value, text) => expect(narrowed(query, key, value)).toBe(text));

const now = Date.parse('2026-11-22T16:00:00Z');
const deployment = { release: { name: 'gateway', version: '1.5.0' }, state_at: '2026-11-22T15:50:00Z', reason: 'none', is_rollback: false, version_after: null, progress_percent: 40 };
test.each([
  [{ state: 'verified' }, 'The update to gateway 1.5.0 was verified 10 min ago.'],
  [{ state: 'rolled_back', reason: 'health_failed', version_after: '1.4.2' }, 'The update to gateway 1.5.0 fell back 10 min ago: health failed. It runs 1.4.2.'],
  [{ state: 'downloading' }, 'The update to gateway 1.5.0 is downloading: 40 %.'],
  [{ state: 'awaiting_window' }, 'The update to gateway 1.5.0 is awaiting window since 10 min ago.'],
  [{ state: 'withdrawn', is_rollback: true }, 'The return to gateway 1.5.0 was withdrawn 10 min ago.'],
])('a deployment %j is told in a sentence', (over, text) => expect(updateSentence({ ...deployment, ...over } as never, now)).toBe(text));

test('an unknown tab is the first', () => {
  expect(tabOf('facts')).toBe('facts');
  expect(tabOf('nonsense')).toBe('now');
});

test.each([
  [12, 12, '', ''],
  [200, 1_003, '', '; shown are the first 200, by name'],
  [200, 1_003, 'ssl', '; shown are the first 200 with “ssl” in the name'],
  [1, 1_003, 'ssl', '; shown is 1 with “ssl” in the name'],
  [0, 1_003, 'ssl', '; shown are 0 with “ssl” in the name'],
  [200, 200, 'ssl', ''],
])('%s of %s components, named "%s"', (shown, total, name, words) => expect(shownWords(shown, total, 200, name)).toBe(words));

const described = { facts: [{ key: 'owner', value: 'line 4' }, { key: 'tag.hall', value: 'B' }, { key: 'exposure', value: 'internet', assumed: true }], group: { id: 'g1', name: 'Plant' } } as never;
const filled = (fields: Record<string, string>) => {
  const form = new FormData();
  for (const [key, value] of Object.entries({ owner: 'line 4', site: '', criticality: '', exposure: '', 'tag.hall': 'B', 'new tag': '', 'new value': '', group: 'g1', ...fields })) form.set(key, value);
  return form;
};
test.each([
  ['nothing that stands as it was is sent', {}, null],
  ['one fact', { site: 'Kiel' }, { facts: { site: 'Kiel' } }],
  ['empty takes back', { owner: ' ' }, { facts: { owner: null } }],
  ['what was only assumed may be stated', { exposure: 'internet' }, { facts: { exposure: 'internet' } }],
  ['a tag that is there, and a new one', { 'tag.hall': 'C', 'new tag': 'rack', 'new value': '7' }, { facts: { 'tag.hall': 'C', 'tag.rack': '7' } }],
  ['out of its group', { group: '' }, { group: null }],
  ['into another, with an owner', { group: 'g2', owner: 'anna' }, { facts: { owner: 'anna' }, group: 'g2' }],
])('a device is changed on its page: %s', (_, fields, change) => expect(deviceChange(described, filled(fields))).toEqual(change));
