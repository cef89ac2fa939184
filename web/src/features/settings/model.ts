// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';
import { counted, duration } from '../../shared/format';

export const tabs = ['sources', 'people', 'tokens', 'keys', 'connections', 'channels', 'policies', 'exceptions', 'retention', 'health', 'you'] as const;
export type TabName = (typeof tabs)[number];
// What the documentation says about each, as topic and words.
export const guides: Partial<Record<TabName, [string, string]>> = {
  sources: ['feeds', 'Where advisory data comes from'],
  people: ['sign-in', 'People and sign-in'],
  tokens: ['cli', 'The command line'],
  keys: ['keys', 'Signing keys'],
  connections: ['phones', 'Phones and tablets'],
  channels: ['alarms', 'Alarms and channels'],
  policies: ['deciding', 'Until when, and what first'],
  exceptions: ['exceptions', 'Exceptions and own advisories'],
  retention: ['operations', 'How long things are kept'],
  health: ['operations', 'Operations'],
  you: ['sign-in', 'People and sign-in'],
};
export function tabOf(text: string | undefined): TabName {
  return tabs.find((tab) => tab === text) ?? 'sources';
}

// Of what was tried.
export const verdicts: Record<'good' | 'bad' | 'unknown', { words: string; className: string }> = {
  good: { words: '✓ well', className: 'badge tone-good' },
  bad: { words: '✕ wrong', className: 'badge tone-bad' },
  unknown: { words: '? cannot tell', className: 'badge tone-unknown' },
};
export function signsVerdict(signs: boolean | null): 'good' | 'bad' | 'unknown' {
  return signs === null ? 'unknown' : signs ? 'good' : 'bad';
}

// What ends, and what somebody does about it.
const endings: Record<Schema['System']['ends'][number]['what'], [string, string]> = {
  authority: ["This server's authority, which devices trust", 'A new one has to be made and devices enrolled anew before that'],
  server: ["This server's certificate", 'It renews itself'],
  root: ['The list of signing keys', 'People sign a new one before that'],
  targets: ['The signed list of releases', 'Each publishing signs it anew; else people do before that'],
  snapshot: ['What belongs together', 'It renews itself'],
  timestamp: ['What is the newest', 'It renews itself'],
};
export function endingWords(what: Schema['System']['ends'][number]['what']): { name: string; then: string } {
  const [name, then] = endings[what];
  return { name, then };
}

export function newest(feed: Pick<Schema['Feed'], 'newest'>): string {
  return feed.newest?.slice(0, 10) ?? 'not stated';
}

export function sourcesSentence(feeds: Schema['Feed'][]): string {
  const stale = feeds.filter((feed) => feed.stale).length;
  const rejected = feeds.reduce((sum, feed) => sum + feed.rejected, 0);
  return `${counted(feeds.length, 'source')}; ${stale === 0 ? 'all imported within a week' : `${stale} not imported for over a week`}; ${rejected === 0 ? 'no record was rejected' : `${counted(rejected, 'record')} rejected`}.`;
}

export const backupState: Record<Schema['Backup']['state'], { words: string; className: string }> = {
  verified: { words: '✓ verified', className: 'badge tone-good' },
  unverified: { words: '? not read back', className: 'badge tone-unknown' },
  running: { words: '… under way', className: 'badge' },
  failed: { words: '✕ failed', className: 'badge tone-bad' },
};
export function scheduleSentence(schedule: Pick<Schema['BackupSchedule'], 'every_seconds' | 'keep' | 'with_files' | 'folder'>): string {
  if (schedule.every_seconds === 0) return `The server makes no backup by itself; yours go to ${schedule.folder}.`;
  return `The server makes one every ${duration(schedule.every_seconds)} in ${schedule.folder}, ${schedule.with_files ? 'whole' : 'without artifacts and feeds'}, reads it back, and keeps the newest ${schedule.keep}.`;
}

const roles: Record<Schema['Role'], string> = {
  viewer: 'looks at everything, changes nothing',
  operator: 'imports, enrols, builds releases, plans and runs rollouts',
  approver: 'publishes releases, approves plans and exceptions of others, and can stop a rollout',
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

// What the browser can say of a new password before it is sent; the server has the last word.
export function passwordProblem(name: string, next: string, again: string): string {
  if (next !== again) return 'It is not the same as above.';
  if (next.toLowerCase() === name.toLowerCase()) return 'It is your name.';
  return new Set(next).size === 1 ? 'It is one character repeated.' : '';
}

// "Firefox on Linux" of what a browser calls itself; other programs by their own word. Whoever wrote it may lie.
export function clientWords(agent: string): string {
  const browser = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']].find(([mark]) => agent.includes(mark!))?.[1];
  const system = [['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'], ['Mac OS', 'macOS'], ['Linux', 'Linux']].find(([mark]) => agent.includes(mark!))?.[1];
  if (browser) return system ? `${browser} on ${system}` : browser;
  return agent.split(/[ /]/)[0]!.slice(0, 24) || 'not said';
}

// A secret as people type it: in groups of four.
export function inGroups(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? '';
}

export function recoverySentence(left: number): string {
  if (left === 0) return 'No recovery code is left: make new ones.';
  return `${counted(left, 'recovery code')} ${left === 1 ? 'is' : 'are'} left.`;
}

type Factor = Pick<Schema['User'], 'second_factor' | 'disabled' | 'break_glass' | 'identity'>;

// Whom the rule holds, and how many are not there yet.
export function ruleSentence(required: boolean, users: Factor[]): string {
  const held = users.filter((user) => !user.disabled && !user.break_glass && !user.identity);
  const without = held.filter((user) => !user.second_factor).length;
  if (required && without === 0) return 'Everybody signs in with a second factor, and everybody has one.';
  if (required) return `Everybody signs in with a second factor; ${without} ${without === 1 ? 'person' : 'people'} of ${held.length} set theirs up when they next sign in.`;
  return without === 0 ? 'A second factor is not required, and everybody has one.' : `A second factor is not required; ${without} of ${held.length} have none.`;
}

export function stateOfPerson(user: Pick<Schema['User'], 'disabled' | 'password_set' | 'identity' | 'break_glass'>): string {
  if (user.disabled) return 'disabled';
  if (user.break_glass) return 'break-glass account';
  if (user.identity) return 'signs in at the identity provider';
  return user.password_set ? 'can sign in' : 'has no password';
}

type Reach = 'fleet' | 'groups';
export function reachOf(user: Pick<Schema['User'], 'scope'> | null): Reach | undefined {
  return user === null ? undefined : user.scope.length === 0 ? 'fleet' : 'groups';
}

// The groups that somebody sees: an empty list is the whole fleet, so it is sent only where that was chosen in words, and nothing is sent
// where nothing was changed.
export function scopeToSend(before: string[] | undefined, reach: string | null, chosen: string[]): { scope?: string[] } | { problem: string } {
  if (reach !== 'fleet' && reach !== 'groups') return { problem: 'Say what they see: the whole fleet, or only some groups.' };
  if (reach === 'groups' && chosen.length === 0) return { problem: 'Choose the groups, or the whole fleet.' };
  const scope = reach === 'fleet' ? [] : [...new Set(chosen)].sort();
  return before !== undefined && JSON.stringify([...before].sort()) === JSON.stringify(scope) ? {} : { scope };
}

// All groups to choose from, and those that the person has although they are not among them: what is not shown would be taken away.
export function groupChoices(groups: Schema['GroupRef'][], has: Schema['GroupRef'][]): Schema['GroupRef'][] {
  const known = new Set(groups.map((group) => group.id));
  return [...has.filter((group) => !known.has(group.id)), ...groups];
}

// What a changed reach means, where it is more than before.
export function wideningSentence(name: string, before: Reach | undefined, reach: string | undefined): string | null {
  return before === 'groups' && reach === 'fleet' ? `From then on ${name} sees and changes the whole fleet, not only their groups.` : null;
}

// What the other rule of signing in means, before it is set.
export function ruleChangeSentence(required: boolean, users: Factor[]): string {
  if (required) return 'From then on a password alone lets people in; those who have a second factor are still asked for it.';
  const held = users.filter((user) => !user.disabled && !user.break_glass && !user.identity);
  const without = held.filter((user) => !user.second_factor).length;
  return without === 0
    ? 'Everybody has one already; who joins later sets theirs up when they first sign in.'
    : `${counted(without, 'person', 'people')} of ${held.length} ${without === 1 ? 'has' : 'have'} none: until ${without === 1 ? 'it is' : 'theirs is'} set up they reach no other page.`;
}
