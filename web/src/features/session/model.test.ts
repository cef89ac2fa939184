// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { pageAfterSignIn } from './model';

test('after signing in one is where one wanted to be, within this dashboard', () => {
  const after = (next: string | undefined) => pageAfterSignIn(next, 'https://oakum.example:8443');
  expect(after('/devices?query=site%20%3D%20a#x')).toBe('/devices?query=site%20%3D%20a#x');
  expect(after('/')).toBe('/');
  for (const elsewhere of [
    undefined,
    '',
    'devices',
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    'javascript:alert(1)',
    '/..//evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/sign-in',
    '/sign-in?next=/sign-in',
  ])
    expect(after(elsewhere), String(elsewhere)).toBe('/');
});
