// SPDX-License-Identifier: Apache-2.0
import { del, get, post, postNothing, setCsrf, type Schema } from '../../shared/api/client';
import { remember, type Me } from '../../shared/api/me';

export const signIn = (user: string, password: string, code?: string) => remember(post<Me>('/session', { user, password, ...(code ? { code } : {}) }));
export const signInOnce = (token: string) => remember(post<Me>('/session/one-time', { token }));
export const ways = (signal?: AbortSignal) => get<Schema['SignInWays']>('/session/ways', {}, signal);
export const beginSingleSignOn = () => postNothing<Schema['SignInBegun']>('/session/provider');
export const finishSingleSignOn = (answer: Schema['ProviderAnswer']) => remember(post<Me>('/session/provider/finish', answer));
export async function signOut() {
  await del('/session');
  setCsrf(null);
}
