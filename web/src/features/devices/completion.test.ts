// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { completions, valuesOf } from './completion';

test.each([
  ['crit', [], ['criticality = ']],
  ['kev and sit', [], ['kev and site = ']],
  ['ke', [], ['kernel = ', 'kev']],
  ['criticality = h', [], ['criticality = high']],
  ['criticality = high', [], []],
  ['site = "Pl', ['Plant 3', 'Lab', 'plant'], ['site = "Plant 3"', 'site = plant']],
  ['(kev or site = L', ['Plant 3', 'Lab'], ['(kev or site = Lab']],
  ['not exists(own', [], ['not exists(owner)']],
  ['site = Lab and ', [], []],
  ['', [], []],
])('"%s" may become %j', (query, values, list) => expect(completions(query, values)).toEqual(list));

test.each([
  ['site = "Pl', 'site'],
  ['kev and model != AC', 'model'],
  ['criticality = h', null],
  ['site', null],
])('the values that "%s" needs are those of %s', (query, field) => expect(valuesOf(query)).toBe(field));
