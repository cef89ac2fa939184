// SPDX-License-Identifier: Apache-2.0
import { del, post, setCsrf } from '../../shared/api/client';
import { remember, type Me } from '../../shared/api/me';

export const signIn = (user: string, password: string, code?: string) => remember(post<Me>('/session', { user, password, ...(code ? { code } : {}) }));
export const signInOnce = (token: string) => remember(post<Me>('/session/one-time', { token }));
export async function signOut() {
  await del('/session');
  setCsrf(null);
}
