// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { unlisted } from './unlisted';

test.each([
  [false, false, []],
  [false, undefined, []],
  [false, true, ['more sites than stand here: name one in a query']],
  [true, undefined, ['sites could not be read']],
])('failed %s, more %s', (failed, more, words) => expect(unlisted([{ what: 'sites', failed, more }])).toEqual(words));
