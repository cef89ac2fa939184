// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { funnel, parts, type Exposure } from './model';

const exposure = (over: Partial<Exposure>): Exposure =>
  ({ devices: 10, exposed: 4, cannot_tell: 3, funnel: { affected: 8, fix_exists: 7, approved: 2, offered: 2, installed: 1, verified: 1 }, ...over }) as Exposure;

test('unknown is never folded into good', () => {
  expect(parts(exposure({})).map((part) => part.value)).toEqual([4, 3, 3]);
  expect(parts(exposure({ devices: 5 })).map((part) => part.value)).toEqual([4, 3, 0]);
});

test('the widest gap of the funnel is named', () => {
  expect(funnel(exposure({})).gap).toBe('5 devices wait between "a fix exists" and "approved".');
});

test('a funnel without a gap names none', () => {
  expect(funnel(exposure({ funnel: { affected: 0, fix_exists: 0, approved: 0, offered: 0, installed: 0, verified: 0 } })).gap).toBeNull();
});
