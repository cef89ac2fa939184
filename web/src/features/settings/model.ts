// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';
import { counted } from '../../shared/format';

export const tabs = ['sources', 'people', 'tokens', 'keys', 'health'] as const;
export type TabName = (typeof tabs)[number];
export function tabOf(text: string | undefined): TabName {
  return tabs.find((tab) => tab === text) ?? 'sources';
}

// A source that states no date of its newest record says 1970.
export function newest(feed: Pick<Schema['Feed'], 'newest'>): string {
  return feed.newest.startsWith('1970-') ? 'not stated' : feed.newest.slice(0, 10);
}

export function sourcesSentence(feeds: Schema['Feed'][]): string {
  const stale = feeds.filter((feed) => feed.stale).length;
  const rejected = feeds.reduce((sum, feed) => sum + feed.rejected, 0);
  return `${counted(feeds.length, 'source')}; ${stale === 0 ? 'all imported within a week' : `${stale} not imported for over a week`}; ${rejected === 0 ? 'no record was rejected' : `${counted(rejected, 'record')} rejected`}.`;
}

const roles: Record<Schema['Role'], string> = {
  viewer: 'looks at everything, changes nothing',
  operator: 'imports, enrols, publishes, plans and runs rollouts',
  approver: 'approves plans of others, and can stop a rollout',
  administrator: 'everything, people and keys as well',
};
export function roleWords(role: Schema['Role']): string {
  return roles[role];
}

export type TokenState = 'usable' | 'revoked' | 'ended' | 'used up';
export function tokenState(token: { revoked: boolean; expires: string; uses_left?: number }, now: number): TokenState {
  if (token.revoked) return 'revoked';
  if (Date.parse(token.expires) <= now) return 'ended';
  return token.uses_left === 0 ? 'used up' : 'usable';
}

// The server knows the person's permissions; this only names who could lock everybody out.
export function lastAdministrator(users: Pick<Schema['User'], 'id' | 'role' | 'disabled'>[], id: string): boolean {
  const left = users.filter((user) => user.role === 'administrator' && !user.disabled);
  return left.length === 1 && left[0]!.id === id;
}
