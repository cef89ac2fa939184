// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { addressOf } from './address';

test.each([
  ['/settings', { to: '/settings', search: {} }],
  ['/settings?tab=keys', { to: '/settings', search: { tab: 'keys' } }],
  ['/devices?query=site%20%3D%20%22Plant%203%22', { to: '/devices', search: { query: 'site = "Plant 3"' } }],
])('%s', (page, address) => expect(addressOf(page)).toEqual(address));
