// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { pageBefore } from './pages';

test.each([
  [['devices', 'kev', undefined], ['devices', 'kev', 'c1'], true],
  [['devices', 'kev', 'c1'], ['devices', 'kev', undefined], true],
  [['devices', 'kev', undefined], ['devices', 'overdue', undefined], false],
  [['findings', { as_of: '2026-01-01' }, undefined], ['findings', { as_of: '2026-01-02' }, undefined], false],
  [['devices', 'kev'], ['devices', 'kev', 'c1'], false],
])('%j after %j', (key, before, kept) => expect(pageBefore(key)('rows', { queryKey: before })).toBe(kept ? 'rows' : undefined));

test('at first there is nothing', () => expect(pageBefore(['devices', undefined])('rows')).toBe(undefined));
