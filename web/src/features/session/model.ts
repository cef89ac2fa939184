// SPDX-License-Identifier: Apache-2.0

// Where to go after signing in: a page of this dashboard and nothing else. `next` comes out of a link that anybody
// may have written.
export function pageAfterSignIn(next: string | undefined, origin: string): string {
  if (!next?.startsWith('/') || /[\\\u0000-\u0020\u007f]/.test(next)) return '/';
  try {
    const url = new URL(next, origin);
    const page = url.pathname + url.search + url.hash;
    return url.origin === origin && !page.startsWith('//') && url.pathname !== '/sign-in' ? page : '/';
  } catch {
    return '/';
  }
}

export interface ProviderAnswer {
  code: string;
  state: string;
  issuer?: string;
}

// What the identity provider put into the address, or a sentence about why it is no answer.
export function providerAnswer(search: string): ProviderAnswer | string {
  const given = new URLSearchParams(search);
  const error = given.get('error');
  if (error !== null) return error === 'access_denied' ? 'you or the identity provider refused' : `the identity provider refused (${error.replace(/[^a-z_]/g, '').slice(0, 40)})`;
  const [code, state, issuer] = ['code', 'state', 'iss'].map((name) => given.get(name));
  if (!code || !state) return 'the identity provider sent no answer';
  return { code, state, ...(issuer ? { issuer } : {}) };
}
