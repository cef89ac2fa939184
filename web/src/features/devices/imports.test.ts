// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { changesText, choices, columnsParameter, countsText, ownKey, throughOf, typeOf, underWay, type Result } from './imports';

const result = (more: Partial<Result>): Result => ({ dry_run: true, running: false, edit: null, form: 'table', system: null, mapping: [], notes: [], lines: 0, new: 0, changed: 0, unchanged: 0, refused: 0, kept: 0, doubles: 0, rows: [], rows_left_out: 0, ...more });

test.each([
  ['Bay No.', 'x.bay_no'],
  ['Gerät (alt)', 'x.gera_t_alt'],
  ['  ', 'x.column'],
  ['__', 'x.column'],
])('%s has the key %s', (head, key) => {
  expect(ownKey(head)).toBe(key);
});

test('a column can be left out, be what it was taken for, or a fact of its own', () => {
  const all = choices({ column: 'Bay', fact: 'x.rack', how: 'told', person: false }).map((each) => each.value);
  expect(all.slice(0, 4)).toEqual(['', 'x.rack', 'x.bay', 'serial']);
  expect(new Set(all).size).toBe(all.length);
  expect(choices({ column: 'Serial', fact: 'serial', how: 'named', person: false }).filter((each) => each.value === 'serial')).toHaveLength(1);
});

test.each([
  [{ new: 1 }, '1 new device, 0 changed, 0 unchanged.'],
  [{ new: 1200, changed: 2, refused: 1 }, '1,200 new devices, 2 changed, 0 unchanged; 1 line refused.'],
  [{ kept: 2, doubles: 1 }, '0 new devices, 0 changed, 0 unchanged. 2 values not taken, since the device itself or a person says otherwise. 1 unmanaged device turned out to be known.'],
])('%j says %s', (counts, text) => {
  expect(countsText(result(counts))).toBe(text);
});

test('what changes is said with what was', () => {
  expect(changesText([{ key: 'site', before: 'Plant 1', after: 'Plant 2' }, { key: 'owner', before: null, after: 'ot' }, { key: 'protocol', before: 'none', after: null }])).toBe('site: Plant 1 → Plant 2; owner: ot; protocol: none → none');
});

test('only what somebody chose is sent', () => {
  expect(columnsParameter({})).toBeUndefined();
  expect(columnsParameter({ Bay: 'x.rack', User: null })).toBe('{"Bay":"x.rack","User":null}');
});

test.each([
  ['\uFEFF <nmaprun>', 'application/xml'],
  ['serial,name', 'text/csv'],
])('%j is %s', async (text, type) => {
  expect(await typeOf(new Blob([text]))).toBe(type);
});

test('a bar of progress is never more than full, and moves while the total is not known', () => {
  const at = (more: object) => throughOf({ created: 5, changed: 1, unchanged: 1, refused: 1, total: 0, ...more });
  expect(at({})).toBe(8);
  expect(at({ total: 10 })).toBe(8);
  expect(at({ total: 6 })).toBe(6);
  expect(['running', 'cancelling', 'undoing', 'done', 'undone', 'cancelled', 'interrupted'].filter(underWay)).toEqual(['running', 'cancelling', 'undoing']);
});
