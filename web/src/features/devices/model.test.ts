// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { previewText, sortFacts } from './model';

test.each([
  [{ count: 1, unknown: 0, sample: [], error: null }, '1 device would match'],
  [{ count: 1200, unknown: 7, sample: [], error: null }, '1,200 devices would match; for 7 it cannot be told'],
  [{ count: 0, unknown: 0, sample: [], error: { message: 'expected a value', column: 8 } }, 'Column 8: expected a value'],
])('a preview says what a query would do', (preview, text) => expect(previewText(preview as never)).toBe(text));

test('facts that people look for stand first', () => {
  expect(sortFacts([{ key: 'zone' }, { key: 'x.rack' }, { key: 'serial' }, { key: 'kernel' }]).map((fact) => fact.key)).toEqual(['serial', 'zone', 'kernel', 'x.rack']);
});
