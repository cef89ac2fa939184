// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';

export type Alarm = Schema['Alarm'];
export type Tab = 'open' | 'muted' | 'closed';

export function tabOf(text: string | undefined): Tab {
  return text === 'muted' || text === 'closed' ? text : 'open';
}

// Who can do something about it, and whose devices it concerns.
export function concerns(alarm: Pick<Alarm, 'concerns' | 'owner'>): string {
  return alarm.owner ? `${alarm.concerns}; ${alarm.owner}` : alarm.concerns;
}

// "acknowledged by anna: on it"
export function note(alarm: Pick<Alarm, 'state' | 'acknowledged_by' | 'muted_by' | 'why'>): string | null {
  const by = alarm.state === 'muted' ? alarm.muted_by : alarm.state === 'acknowledged' ? alarm.acknowledged_by : null;
  if (!by) return null;
  return alarm.why ? `by ${by}: ${alarm.why}` : `by ${by}`;
}

export const spans = [
  { hours: 1, words: 'an hour' },
  { hours: 24, words: 'a day' },
  { hours: 168, words: 'a week' },
  { hours: 720, words: '30 days' },
] as const;

export function empty(tab: Tab): string {
  return { open: 'Nothing wrong', muted: 'Nothing is muted', closed: 'No alarm was ever closed' }[tab];
}
