// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { found, move, onEnter, target, type Hit, type Results } from './model';

const hit = (kind: Hit['kind'], match: Hit['match'], id: string): Hit => ({ kind, match, id, title: id, detail: '' });
const results = (items: Hit[], more: Partial<Results> = {}): Results => ({ items, left_out: 0, not_held: null, ...more });

test.each([
  [hit('advisory', 'exact', 'CVE-2024-6387'), { to: '/vulnerabilities/$id', params: { id: 'CVE-2024-6387' } }],
  [hit('device', 'prefix', '01'), { to: '/devices/$id', params: { id: '01' } }],
  [hit('rollout', 'prefix', '01'), { to: '/rollouts/$id', params: { id: '01' } }],
  [hit('release', 'prefix', '01'), { to: '/releases/$id', params: { id: '01' } }],
  [hit('group', 'prefix', 'Plant 3'), { to: '/devices', search: { query: 'group = "Plant 3"' } }],
  [hit('site', 'prefix', 'a "b" *'), { to: '/devices', search: { query: 'site = "a \\"b\\" \\*"' } }],
  [hit('model', 'within', 'AC-GW200'), { to: '/devices', search: { query: 'model = "AC-GW200"' } }],
  [hit('component', 'exact', 'busybox'), { to: '/devices', search: { query: 'component("busybox")' } }],
])('a hit of the kind $kind leads to its page', (of, to) => expect(target(of)).toEqual(to));

const serial = hit('device', 'exact', 'GW-0003');
test.each<[string, Results, ReturnType<typeof onEnter>]>([
  ['the one that is called so', results([serial, hit('device', 'prefix', 'GW-00031')]), target(serial)],
  ['the only one there is', results([hit('device', 'within', 'x')]), target(hit('device', 'within', 'x'))],
  ['the list when two are called so', results([serial, hit('group', 'exact', 'g')]), { to: '/search', search: { search: 'typed' } }],
  ['the list when several begin so', results([hit('device', 'prefix', 'a'), hit('device', 'prefix', 'b')]), { to: '/search', search: { search: 'typed' } }],
  ['the list when there is more than is shown', results([hit('device', 'prefix', 'a')], { left_out: 2 }), { to: '/search', search: { search: 'typed' } }],
  ['the advisory before whatever else has its name', results([hit('advisory', 'exact', 'CVE-1'), serial]), target(hit('advisory', 'exact', 'CVE-1'))],
  ['the page that says that it is not in the data', results([hit('device', 'within', 'x')], { not_held: { id: 'CVE-1999-99999', newest_record: null, sentence: 's' } }), { to: '/vulnerabilities/$id', params: { id: 'CVE-1999-99999' } }],
  ['nothing when there is nothing', results([]), 'nothing'],
])('Enter leads to %s', (_, of, to) => expect(onEnter(of, 'typed')).toEqual(to));

test.each([
  [-1, 'ArrowDown', 3, 0],
  [2, 'ArrowDown', 3, -1],
  [-1, 'ArrowUp', 3, 2],
  [0, 'ArrowUp', 3, -1],
  [-1, 'ArrowDown', 0, -1],
  [-1, 'ArrowUp', 0, -1],
  [1, 'x', 3, 1],
])('from line %i the key %s of %i lines leads to %i', (active, key, lines, to) => expect(move(active, key, lines)).toBe(to));

test('what is left out is said', () => {
  expect(found(results([serial], { left_out: 4312 }))).toBe('The best 1 of 4,313');
  expect(found(results([serial]))).toBe('1 found');
  expect(found(results([]))).toBe('Nothing is named so.');
  expect(found(results([], { not_held: { id: 'CVE-1', newest_record: null, sentence: 'CVE-1 is not in our data.' } }))).toBe('CVE-1 is not in our data.');
});
