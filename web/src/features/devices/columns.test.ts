// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { columnsOf, columnsText } from './columns';

test.each([
  [undefined, 'model,version,site,owner,group,criticality,exposure,state,open,exploited,risk,seen', undefined],
  ['nonsense', 'model,version,site,owner,group,criticality,exposure,state,open,exploited,risk,seen', undefined],
  ['owner,model', 'model,owner', 'model,owner'],
])('the columns of %s are %s, and stand in the URL as %s', (text, shown, url) => {
  expect(columnsOf(text).join(',')).toBe(shown);
  expect(columnsText(columnsOf(text))).toBe(url);
});
