// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { titleOf } from './title';

test.each([
  ['Devices', 'Devices - Oakum'],
  ['  a\n name ', 'a name - Oakum'],
  ['', 'Oakum'],
  ['Oakum', 'Oakum'],
  [undefined, 'Oakum'],
])('a page whose heading is %j is called %s', (heading, title) => expect(titleOf(heading)).toBe(title));
