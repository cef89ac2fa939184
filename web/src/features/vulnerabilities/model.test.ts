// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { devicesOf, fixEverywhere, fixState, listed, recordBody, rowQuery, timeline } from './model';

test('the timeline keeps its order, and what is not known is left out', () => {
  const dates = { disclosed: '2024-01-01T00:00:00Z', known_to_us: null, matched: '2026-01-01T00:00:00Z', fix_available: null, first_verified: null };
  expect(timeline(dates).map((step) => step.at)).toEqual(['2024-01-01T00:00:00Z', '2026-01-01T00:00:00Z']);
});

test.each([
  [{ kind: 'release', state: 'rolling_out' }, 'rolling out'],
  [{ kind: 'vendor_update', state: 'vendor' }, 'at the vendor'],
  [{ kind: 'none', state: '' }, 'none exists'],
])('a fix %j is %s', (fix, words) => expect(fixState(fix as never)).toBe(words));

test('one of our own is sent without what was left empty', () => {
  const form = new FormData();
  for (const [name, value] of Object.entries({ title: ' A hole ', component: 'gateway', introduced: '', fixed: '1.4', severity: 'high', workaround: '', aliases: 'CVE-2026-1, ', embargo: '' })) form.set(name, value);
  expect(recordBody(form)).toEqual({ title: 'A hole', severity: 'high', exploited: false, products: [{ component: 'gateway', fixed: '1.4' }], aliases: ['CVE-2026-1'] });
});
test.each([
  [{ model: 'AC-1', version: '1.4.2' }, 'exists(model) and model = AC-1 and (exists(firmware_version) and firmware_version = 1.4.2 or not exists(firmware_version) and exists(os_version) and os_version = 1.4.2 and not exists(patch_level))'],
  [{ model: 'Pixel 8', version: '14 (2026-09-05)' }, 'exists(model) and model = "Pixel 8" and not exists(firmware_version) and exists(os_version) and os_version = 14 and exists(patch_level) and patch_level = 2026-09-05'],
  [{ model: null, version: null }, 'not exists(model) and not exists(firmware_version) and not exists(os_version) and not exists(patch_level)'],
])('%j are the devices of a query', (row, query) => expect(rowQuery(row)).toBe(query));

test.each([
  [undefined, undefined, undefined, 'exists(finding)'],
  [undefined, 'exploited', 'site = a', 'site = a and kev'],
  ['busybox', undefined, undefined, undefined],
  [undefined, 'all', undefined, undefined],
])('the devices behind a list of vulnerabilities (%s, %s, %s) are %s', (search, only, query, devices) => expect(listed(search, only, query)).toBe(devices));

test('the devices of a finding are named, and of what cannot be told they are not', () => {
  const row = { advisory: 'CVE-1', component: { name: 'busy"box', version: '1.30 b' }, verdict: 'affected' } as never;
  expect(devicesOf(row, 'site = a')).toBe('site = a and finding = CVE-1 and component("busy\\"box") = "1.30 b"');
  expect(devicesOf({ ...(row as object), verdict: 'unknown' } as never, undefined)).toBeUndefined();
});

test('what fixes it everywhere is said with whom it leaves out', () => {
  const fix = (release: string | null, devices: number, state = 'published') => ({ release, devices, state, name: 'gateway', version: '1.5' }) as never;
  expect(fixEverywhere({ affected: 5, fixes: [fix('r', 5)] })).toEqual({ release: 'r', name: 'gateway 1.5', words: 'It is for all that are affected.' });
  expect(fixEverywhere({ affected: 9, fixes: [fix('q', 2), fix('r', 5)] })?.words).toBe('It takes 2 releases: this one is for 5 of 9, the others stand below.');
  expect(fixEverywhere({ affected: 9, fixes: [fix('r', 5), fix('s', 3, 'draft')] })?.words).toBe('It is for 5 of 9; for the others no release is here.');
  expect(fixEverywhere({ affected: 9, fixes: [fix(null, 9)] })).toBeNull();
  expect(fixEverywhere({ affected: 0, fixes: [fix('r', 5)] })).toBeNull();
});
