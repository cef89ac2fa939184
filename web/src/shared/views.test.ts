// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { addressOfView, partsOf, viewsOf, whose, type View } from './views';

const view = (over: Partial<View>): View => ({ id: '01', name: 'late', list: 'devices', query: null, search: null, only: null, state: null, sort: null, columns: [], shared: false, mine: true, owner: 'anna', changed: '2026-11-26T09:00:00Z', version: 'v1', ...over });

test.each([
  [view({ query: 'kev or "a"', sort: '-name', columns: ['model', 'site'] }), { to: '/devices', search: { view: '01', query: 'kev or "a"', sort: '-name', columns: 'model,site' } }],
  [view({ list: 'advisories', search: 'busybox', only: 'all' }), { to: '/vulnerabilities', search: { view: '01', search: 'busybox', only: 'all' } }],
  [view({ list: 'rollouts', state: 'running' }), { to: '/rollouts', search: { view: '01', only: 'running' } }],
  [view({ list: 'alarms', state: 'muted' }), { to: '/alarms', search: { view: '01', tab: 'muted' } }],
])('a view is the address of its list', (from, address) => expect(addressOfView(from)).toEqual(address));

test('what a page shows is kept by the names of its list, and nothing of other lists', () => {
  expect(partsOf('devices', { query: 'kev', only: 'x', columns: 'model,site' })).toEqual({ query: 'kev', sort: null, columns: ['model', 'site'] });
  expect(partsOf('rollouts', { only: 'running' })).toEqual({ state: 'running', columns: [] });
});

test("one's own views stand before those of others", () => {
  const all = [view({ id: '1', name: 'a', mine: false, shared: true, owner: 'bert' }), view({ id: '2', name: 'z' }), view({ id: '3', list: 'fixes' })];
  expect(viewsOf(all, '/devices').map((each) => each.id)).toEqual(['2', '1']);
  expect(all.map(whose)).toEqual(['shared by bert', 'yours', 'yours']);
});
