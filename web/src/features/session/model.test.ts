// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { pageAfterSignIn, providerAnswer } from './model';

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

test('the identity provider answers with a code and a state, or is quoted with a word', () => {
  expect(providerAnswer('?code=c&state=s')).toEqual({ code: 'c', state: 's' });
  expect(providerAnswer('?code=c&state=s&iss=https%3A%2F%2Fid.example')).toEqual({ code: 'c', state: 's', issuer: 'https://id.example' });
  expect(providerAnswer('?error=access_denied&state=s')).toBe('you or the identity provider refused');
  expect(providerAnswer('?error=<script>server_error&error_description=x')).toBe('the identity provider refused (scriptserver_error)');
  for (const nothing of ['', '?code=c', '?state=s', '?code=&state=s']) expect(providerAnswer(nothing)).toBe('the identity provider sent no answer');
});
