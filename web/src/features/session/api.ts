// SPDX-License-Identifier: Apache-2.0
import { del, get, post, setCsrf, type Schema } from '../../shared/api/client';

export type Me = Schema['Me'];

async function remember(answer: Promise<Me>): Promise<Me> {
  const me = await answer;
  setCsrf(me.csrf ?? null);
  return me;
}

export const fetchMe = () => remember(get<Me>('/me'));
export const signIn = (user: string, password: string) => remember(post<Me>('/session', { user, password }));
export const signInOnce = (token: string) => remember(post<Me>('/session/one-time', { token }));
export async function signOut() {
  await del('/session');
  setCsrf(null);
}
