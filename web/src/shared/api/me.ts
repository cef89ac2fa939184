// SPDX-License-Identifier: Apache-2.0
// Who is asking, and what they may do: buttons that would be refused are not shown.
import { useQuery } from '@tanstack/react-query';
import { get, setCsrf, type Schema } from './client';

export type Me = Schema['Me'];

export async function remember(answer: Promise<Me>): Promise<Me> {
  const me = await answer;
  setCsrf(me.csrf ?? null);
  return me;
}

export const fetchMe = () => remember(get<Me>('/me'));

export function useMe() {
  return useQuery({ queryKey: ['me'], queryFn: fetchMe, staleTime: 60_000 });
}

export function useMay(): (permission: Schema['Permission']) => boolean {
  const permissions = useMe().data?.permissions ?? [];
  return (permission) => permissions.includes(permission);
}
