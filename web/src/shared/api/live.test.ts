// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { touched } from './live';

test.each([
  ['deployment', 'rollout', true],
  ['deployment', 'advisories', false],
  ['finding', 'exposure', true],
  ['job', 'exposure', false],
])('a change of %s makes %s old: %s', (kind, key, old) => expect(touched(kind).includes(key)).toBe(old));
