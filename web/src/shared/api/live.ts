// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

// Which queries a change of this kind makes old. Pure; tested as a table.
export function touched(kind: string): string[] {
  switch (kind) {
    case 'device':
      return ['devices', 'device', 'exposure'];
    case 'deployment':
      return ['rollouts', 'rollout', 'device', 'devices', 'exposure'];
    case 'rollout':
      return ['rollouts', 'rollout', 'fixes'];
    case 'release':
    case 'artifact':
      return ['releases', 'fixes'];
    case 'finding':
    case 'feed':
      return ['exposure', 'fixes', 'advisories', 'advisory', 'devices', 'device', 'system'];
    default:
      return [];
  }
}

// Server-sent events make what they speak of old, at most once a second; the browser connects again by itself.
export function useLive(enabled: boolean) {
  const queries = useQueryClient();
  useEffect(() => {
    if (!enabled) return;
    const waiting = new Set<string>();
    let timer: number | undefined;
    const flush = () => {
      timer = undefined;
      for (const key of waiting) void queries.invalidateQueries({ queryKey: [key] });
      waiting.clear();
    };
    const source = new EventSource('/api/v1/events');
    const hear = (event: MessageEvent<string>) => {
      let kind = event.type;
      try {
        kind = (JSON.parse(event.data) as { kind?: string }).kind ?? kind;
      } catch {
        return;
      }
      for (const key of touched(kind)) waiting.add(key);
      if (waiting.size > 0 && timer === undefined) timer = window.setTimeout(flush, 1000);
    };
    source.onmessage = hear;
    for (const kind of ['device', 'deployment', 'rollout', 'release', 'artifact', 'finding', 'feed', 'job']) source.addEventListener(kind, hear);
    return () => {
      source.close();
      window.clearTimeout(timer);
    };
  }, [enabled, queries]);
}
