// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { actionTitle, isDangerous, parts, share } from './model';

test('every device of the scope has a place in the bar', () => {
  const totals = { started: 60, pending: 10, verified: 40, failed: 3, rolled_back: 2, silent: 5 };
  expect(parts(totals, 100).reduce((sum, part) => sum + part.value, 0)).toBe(100);
  expect(parts(totals, 100).find((part) => part.label === 'silent')?.tone).toBe('unknown');
});

test('shares are percent', () => {
  expect(share(50_000)).toBe('5 %');
  expect(share(1_000_000)).toBe('100 %');
});

test('what cannot be taken back looks like it', () => {
  expect(isDangerous('roll-back')).toBe(true);
  expect(isDangerous('pause')).toBe(false);
  expect(actionTitle('open-next-wave')).toBe('Open next wave');
});
