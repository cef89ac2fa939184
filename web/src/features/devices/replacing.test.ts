// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { candidates, linksOf, replaceCommand } from './replacing';

const hit = (kind: string, id: string) => ({ kind, id, title: id, detail: '' }) as never;
const id = '01jc0000000000000000000002';

test('other devices may take a place, nothing else', () => {
  const hits = [hit('site', 'Porto'), hit('device', 'old'), hit('device', 'a'), hit('component', 'x'), ...Array.from({ length: 9 }, (_, i) => hit('device', `d${i}`))];
  expect(candidates(hits, 'old').map((each) => each.id)).toEqual(['a', 'd0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6']);
});

test('the other unit of a place is named by its facts, and only by an id', () => {
  expect(linksOf([{ key: 'x.replaces', value: id }])).toEqual([{ words: 'it took the place of', id }]);
  expect(linksOf([{ key: 'x.replaced_by', value: id }])).toEqual([{ words: 'its place was taken by', id }]);
  expect(linksOf([{ key: 'x.replaces', value: 'javascript:alert(1)' }, { key: 'x.rack', value: id }])).toEqual([]);
});

test('the command line says the same', () => {
  expect(replaceCommand('a', 'b')).toBe('oakum device replace a b');
});
