// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { aboutWords, bringIn, canPlan, curve, devicesQuery, disruption, headline, namedWords, updates, withWindows } from './model';

const page = (total_risk: number, ...cumulated: number[]) => ({ total_risk, items: cumulated.map((cumulative_risk_removed) => ({ cumulative_risk_removed }) as never) });

test.each([
  [page(100, 80, 90), 'The first update removes 80 % of the risk.'],
  [page(100, 40, 71, 75), 'The first 2 updates remove 71 % of the risk.'],
  [page(100, 10, 20), 'The first 2 updates remove 20 % of the risk.'],
  [page(0), 'Nothing known is open.'],
])('a queue is summed up in a sentence', (data, text) => expect(headline(data)).toBe(text));

test('the curve says what the first updates remove together', () => {
  expect(curve(page(200, 80, 150)).map((point) => point.share)).toEqual([40, 75]);
  expect(curve(page(0, 0)).map((point) => point.share)).toEqual([0]);
});

test.each([
  ['ready', 'r', true],
  ['rolled_out', 'r', true],
  ['rolling_out', 'r', false],
  ['vendor', null, false],
])('an update in state %s of release %s can be planned: %s', (state, release, can) => expect(canPlan({ state: state as never, release })).toBe(can));

const queue = {
  total_risk: 200,
  items: [
    { name: 'gateway', version: '1.5.0', devices: 10, cumulative_risk_removed: 80 },
    { name: 'camera', version: null, devices: 1_200, cumulative_risk_removed: 150 },
    { name: 'a', version: '1', devices: 1, cumulative_risk_removed: 151 },
    { name: 'b', version: '1', devices: 1, cumulative_risk_removed: 152 },
  ] as never[],
};
test.each([
  [1, 'With 1 window: gateway 1.5.0 removes 40 % of the risk, in 10 installations.'],
  [2, 'With 2 windows: gateway 1.5.0, camera remove 75 % of the risk, in 1,210 installations.'],
  [9, 'With 4 windows: gateway 1.5.0, camera, a 1 and 1 more remove 76 % of the risk, in 1,212 installations.'],
])('what %i windows are good for', (windows, words) => expect(withWindows(queue, windows)).toBe(words));
test('nothing open needs no window', () => expect(withWindows({ total_risk: 0, items: [] }, 3)).toBe('Nothing known is open.'));

test('rows that are no update take no part in what updates remove', () => {
  const gap = { kind: 'gap', cumulative_risk_removed: 0 } as never;
  const mixed = { ...page(100, 80), items: [gap, ...page(100, 80).items] };
  expect(updates(mixed)).toHaveLength(1);
  expect(headline(mixed)).toBe('The first update removes 80 % of the risk.');
  expect(curve(mixed).map((point) => point.share)).toEqual([80]);
  expect(headline({ total_risk: 100, items: [gap] })).toBe('No update at hand removes any of the risk.');
});

test('what an update takes down, and what makes a release of what a vendor sent', () => {
  expect(disruption({ restarts: 1, windows: 1 })).toBe('1 restart, 1 window');
  expect(disruption({ restarts: 0, windows: 0 })).toBe('–');
  expect(bringIn({ models: ['AC-"GW200'], references: ['openssl 3.0.14', '$(busybox) 1.36'] })).toBe(
    'oakum release create --name "AC-GW200" --version VERSION --artifact FILE --model "AC-GW200" --sbom SBOM --notes "asked for: openssl 3.0.14, (busybox) 1.36"',
  );
});

test('a decision about a row names what it is about, and its devices are those that it helps', () => {
  const fix = { kind: 'release', name: 'gateway', version: '1.5.0', models: ['GW'] } as never;
  expect(aboutWords(fix)).toBe('gateway 1.5.0 ends');
  expect(aboutWords({ kind: 'gap', name: 'GW', version: null, models: ['GW'] })).toBe('is open on GW');
  expect(aboutWords({ kind: 'gap', name: 'x', version: null, models: [''] })).toBe('is open on devices of no known model');
  const row = (id: string) => ({ id }) as never;
  expect(devicesQuery({ query: 'model = GW', rows: [row('CVE-1'), row('CVE-2')] })).toBe('model = GW and finding in (CVE-1, CVE-2)');
  expect(devicesQuery({ query: 'kev or overdue', rows: [row('CVE-1')] })).toBe('(kev or overdue) and finding in (CVE-1)');
  expect(devicesQuery({ query: '', rows: [row('CVE-1')] })).toBe('finding in (CVE-1)');
  expect(devicesQuery({ query: 'model = GW', rows: [] })).toBeUndefined();
  expect(namedWords({ rows: [row('CVE-1')], left_out: 1_003 })).toContain('the 1,003 that weigh less');
});
