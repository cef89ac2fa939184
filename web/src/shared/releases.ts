// SPDX-License-Identifier: Apache-2.0
// What a release has to show before it is published, in words.
import type { Schema } from './api/client';

type Check = Schema['Release']['checks'][number];
type Verdict = Check['verdict'];

export const verdicts: Record<Verdict, { words: string; shape: string; tone: 'good' | 'warn' | 'bad' | 'unknown' | 'calm' }> = {
  passed: { words: 'passed', shape: '✓', tone: 'good' },
  overridden: { words: 'let through', shape: '⚑', tone: 'warn' },
  failed: { words: 'failed', shape: '✕', tone: 'bad' },
  waits: { words: 'waits', shape: '◇', tone: 'warn' },
  cannot_tell: { words: 'cannot tell', shape: '?', tone: 'unknown' },
  not_asked: { words: 'not asked', shape: '–', tone: 'calm' },
};

const titles: Record<string, string> = {
  artifact: 'Bytes',
  type: 'Kind of file',
  hardware: 'Hardware',
  version: 'Version',
  sbom: 'SBOM',
  exploited: 'Exploited',
  approval: 'Approval',
  signing: 'Signing',
  level: 'Level',
  intake: 'Checks',
};
export function titleOf(check: string): string {
  return titles[check] ?? check;
}

// "user anna" and "token t of anna" are both anna.
export function isBy(actor: string, name: string): boolean {
  return actor === `user ${name}` || (actor.startsWith('token ') && actor.endsWith(` of ${name}`));
}

// Why this person cannot approve the draft; empty: they can.
export function mayNotApprove(release: Pick<Schema['Release'], 'makers'>, me: Pick<Schema['Me'], 'name' | 'permissions'>): string {
  if (!me.permissions.includes('release.publish')) return 'Your role does not approve releases.';
  return release.makers.some((maker) => isBy(maker, me.name)) ? 'You made it or uploaded its artifact: somebody else has to approve it.' : '';
}

// Whether somebody is asked for a yes or no about the draft.
export function isApprovalAsked(release: Pick<Schema['Release'], 'state' | 'checks'>): boolean {
  return release.state === 'draft' && release.checks.some((check) => check.name === 'approval' && check.verdict !== 'not_asked' && check.verdict !== 'passed');
}

// Of a draft: how many checks stop it; empty: none does.
export function stopsSentence(release: Pick<Schema['Release'], 'state' | 'checks'>): string {
  const stops = release.state === 'draft' ? release.checks.filter((check) => !check.ok) : [];
  if (stops.length === 0) return '';
  return `${stops.length === 1 ? '1 check stops it' : `${stops.length} checks stop it`}: ${stops.map((check) => titleOf(check.name).toLowerCase()).join(', ')}.`;
}
