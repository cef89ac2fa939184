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
