// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { fixState, recordBody, rowQuery, timeline } from './model';

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
