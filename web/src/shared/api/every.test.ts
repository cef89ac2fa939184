// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { everyPage } from './every';

const pages = (count: number) => async (cursor: string | undefined) => {
  const at = Number(cursor ?? 0);
  return { items: [at], next_cursor: at + 1 < count ? String(at + 1) : null };
};

test.each([
  [1, { items: [0], more: false }],
  [3, { items: [0, 1, 2], more: false }],
  [4, { items: [0, 1, 2], more: true }],
])('a list of %i pages is asked for to its bound of three rows, and says whether there are more', async (count, all) => expect(await everyPage(pages(count), 3)).toEqual(all));

test('a page that fails is no short list', async () => {
  await expect(everyPage(async (cursor) => (cursor ? Promise.reject(new Error('away')) : { items: [1], next_cursor: 'x' }), 9)).rejects.toThrow('away');
});
