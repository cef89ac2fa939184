// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

// Which queries a change of each kind makes old. What is not here is not listened to.
const TOUCHED: Record<string, string[]> = {
  device: ['devices', 'device', 'exposure'],
  deployment: ['rollouts', 'rollout', 'device', 'devices', 'exposure', 'budgets'],
  rollout: ['rollouts', 'rollout', 'fixes'],
  release: ['releases', 'release', 'fixes'],
  artifact: ['releases', 'release', 'fixes'],
  finding: ['exposure', 'fixes', 'advisories', 'advisory', 'devices', 'device', 'system', 'feeds'],
  feed: ['exposure', 'fixes', 'advisories', 'advisory', 'devices', 'device', 'system', 'feeds'],
  source: ['sources', 'alarms'],
  connector: ['connectors', 'devices', 'exposure', 'alarms'],
  exception: ['exceptions', 'exposure', 'fixes', 'advisories', 'advisory', 'devices', 'device'],
  notice: ['advisories', 'advisory'],
  user: ['users', 'me', 'sessions'],
  schedule: ['schedules', 'rollout', 'device'],
  budget: ['budgets', 'rollout', 'device'],
  session: ['sessions'],
  token: ['tokens'],
  group: ['groups', 'devices'],
  edit: ['edits', 'devices'],
  job: ['jobs'],
  figures: ['figures'],
  alarm: ['alarms'],
  channel: ['channels'],
  view: ['views'],
  floor: ['floors', 'rollout', 'devices', 'device'],
  policy: ['policies', 'exposure', 'fixes', 'figures', 'devices', 'device'],
  support: ['policies', 'fixes', 'exposure', 'devices', 'device'],
  setting: ['retention'],
  firmware: ['device', 'releases', 'release', 'fixes'],
  fix: ['fixes'],
};
export function touched(kind: string): string[] {
  return TOUCHED[kind] ?? [];
}

const GATHER = 1000; // changes are told at most once a second
const AGAIN = 5000; // a server that is away is asked again so often

// What is needed of an EventSource.
export type Source = {
  readyState: number;
  onopen: (() => void) | null;
  onerror: (() => void) | null;
  addEventListener(kind: string, hear: (event: { type: string; data: string }) => void): void;
  close(): void;
};

// Follows the server's events. `stale` is told which queries are old, or nothing: all of them, since changes may
// have been missed (the server says `resync`, or the connection had to be made anew without its last id). The
// browser connects again by itself after an interruption, with the id of the last event; it gives up when it is
// refused, and then we ask again. Returns what ends it.
export function follow(open: () => Source, stale: (key?: string) => void): () => void {
  const waiting = new Set<string>();
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let source: Source;
  const flush = () => {
    gathering = undefined;
    for (const key of waiting) stale(key);
    waiting.clear();
  };
  const hear = (event: { type: string; data: string }) => {
    let kind = event.type;
    try {
      kind = (JSON.parse(event.data) as { kind?: string }).kind ?? kind;
    } catch {
      return;
    }
    for (const key of touched(kind)) waiting.add(key);
    if (waiting.size > 0 && gathering === undefined) gathering = setTimeout(flush, GATHER);
  };
  const begin = (anew: boolean) => {
    source = open();
    if (anew) source.onopen = () => stale();
    source.onerror = () => {
      if (source.readyState !== 2) return;
      clearTimeout(again);
      again = setTimeout(() => begin(true), AGAIN);
    };
    source.addEventListener('resync', () => stale());
    for (const kind of Object.keys(TOUCHED)) source.addEventListener(kind, hear);
  };
  begin(false);
  return () => {
    source.close();
    clearTimeout(gathering);
    clearTimeout(again);
  };
}

export function useLive(enabled: boolean) {
  const queries = useQueryClient();
  useEffect(() => {
    if (!enabled) return;
    return follow(
      () => new EventSource('/api/v1/events') as unknown as Source,
      (key) => void queries.invalidateQueries(key === undefined ? undefined : { queryKey: [key] }),
    );
  }, [enabled, queries]);
}
