// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { together, type Asked } from './together';

const answer = (over: Partial<Asked<number>>): Asked<number> => ({ data: 1, error: null, isError: false, isRefetchError: false, dataUpdatedAt: 5, refetch: async () => undefined, ...over });

test.each([
  ['all are here', answer({}), { a: 1, b: 1 }, false],
  ['one is on its way', answer({ data: undefined }), undefined, false],
  ['one failed', answer({ data: undefined, isError: true, error: new Error('away') }), undefined, true],
])('%s', (_, b, data, isError) => {
  const both = together<{ a: number; b: number }>({ a: answer({}), b });
  expect(both.data).toEqual(data);
  expect(both.isError).toBe(isError);
});

test('what was here and is old is said with its age', () => {
  const both = together<{ a: number; b: number }>({ a: answer({}), b: answer({ isRefetchError: true, isError: true, error: new Error('away'), dataUpdatedAt: 2 }) });
  expect(both).toMatchObject({ data: { a: 1, b: 1 }, isRefetchError: true, dataUpdatedAt: 2, error: new Error('away') });
});
