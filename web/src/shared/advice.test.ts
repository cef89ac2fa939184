// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { advice } from './advice';

test.each([
  ['denied', /another role/],
  ['unauthenticated', /Sign in/],
  ['conflict', /meanwhile/],
  ['invalid', /Change what is named/],
  ['bug', /fault of the server/],
  ['unavailable', /in a moment/],
  ['something new', /in a moment/],
])('a problem of kind %s says what to do', (kind, words) => expect(advice(kind)).toMatch(words));
