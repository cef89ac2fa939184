// SPDX-License-Identifier: Apache-2.0
// A saved view is an address: which page shows it, and what stands in its URL. Pure; tested as tables.
import type { Schema } from './api/client';

export type View = Schema['View'];
export type ViewList = View['list'];

// What of a page's URL a view keeps: the part of the view, and its name in the URL.
const parts = {
  devices: { to: '/devices', keeps: { query: 'query', sort: 'sort' } },
  advisories: { to: '/vulnerabilities', keeps: { query: 'query', search: 'search', only: 'only' } },
  findings: { to: '/findings', keeps: { query: 'query', state: 'only' } },
  fixes: { to: '/fixes', keeps: { query: 'query' } },
  releases: { to: '/releases', keeps: { state: 'only' } },
  rollouts: { to: '/rollouts', keeps: { state: 'only' } },
  alarms: { to: '/alarms', keeps: { state: 'tab' } },
} as const satisfies Record<ViewList, { to: string; keeps: Partial<Record<'query' | 'search' | 'only' | 'state' | 'sort', string>> }>;

export type Shown = { query?: string; search?: string; only?: string; sort?: string; tab?: string; columns?: string };

export function pageOf(list: ViewList): string {
  return parts[list].to;
}

export function addressOfView(view: View): { to: string; search: Record<string, string> } {
  const { to, keeps } = parts[view.list];
  const search: Record<string, string> = { view: view.id };
  for (const [part, name] of Object.entries(keeps)) {
    const value = view[part as keyof View];
    if (typeof value === 'string' && value !== '') search[name] = value;
  }
  if (view.columns.length > 0) search.columns = view.columns.join(',');
  return { to, search };
}

// What the page shows now, as a view holds it; null takes a part out of a view that is changed.
export function partsOf(list: ViewList, shown: Shown): Record<string, string | string[] | null> {
  const body: Record<string, string | string[] | null> = {};
  for (const [part, name] of Object.entries(parts[list].keeps)) body[part] = shown[name as keyof Shown] || null;
  body.columns = shown.columns ? shown.columns.split(',') : [];
  return body;
}

// One's own stand first, since they are one's own.
export function viewsOf(views: View[], page: string): View[] {
  return views.filter((view) => pageOf(view.list) === page).sort((a, b) => Number(b.mine) - Number(a.mine) || a.name.localeCompare(b.name));
}

export function whose(view: View): string {
  return view.shared ? (view.mine ? 'shared by you' : `shared by ${view.owner}`) : 'yours';
}
