// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';
import { counted, grouped, percent } from '../../shared/format';
import { both } from '../../shared/query';

type Fix = Schema['Fix'];

// The rows that are updates; the others say what no update ends.
export function updates(page: Pick<Schema['FixPage'], 'items'>): Fix[] {
  return page.items.filter((fix) => fix.kind !== 'gap');
}

// "The first 2 updates remove 71 % of the risk." – as few updates as reach seven tenths, or all there are.
export function headline(page: Pick<Schema['FixPage'], 'items' | 'total_risk'>): string {
  if (page.total_risk === 0 || page.items.length === 0) return 'Nothing known is open.';
  const rows = updates(page);
  if (rows.length === 0) return 'No update at hand removes any of the risk.';
  let count = rows.findIndex((fix) => fix.cumulative_risk_removed >= 0.7 * page.total_risk) + 1;
  if (count === 0) count = rows.length;
  const share = Math.round((100 * rows[count - 1]!.cumulative_risk_removed) / page.total_risk);
  return count === 1 ? `The first update removes ${share} % of the risk.` : `The first ${count} updates remove ${share} % of the risk.`;
}

// Picture C: what the first, the first two, ... updates remove together, in percent of all risk.
export function curve(page: Pick<Schema['FixPage'], 'items' | 'total_risk'>): { name: string; share: number }[] {
  return updates(page).map((fix) => ({
    name: `${fix.name} ${fix.version ?? ''}`.trim(),
    share: page.total_risk === 0 ? 0 : Math.round((1000 * fix.cumulative_risk_removed) / page.total_risk) / 10,
  }));
}

// What can be done in so many maintenance windows: an update is one window.
export function withWindows(page: Pick<Schema['FixPage'], 'items' | 'total_risk'>, windows: number): string {
  const done = updates(page).slice(0, windows);
  const last = done.at(-1);
  if (!last) return 'Nothing known is open.';
  const devices = done.reduce((sum, fix) => sum + fix.devices, 0);
  const names = done.slice(0, 3).map((fix) => `${fix.name} ${fix.version ?? ''}`.trim());
  const what = done.length > 3 ? `${names.join(', ')} and ${grouped(done.length - 3)} more` : names.join(', ');
  return `With ${counted(done.length, 'window')}: ${what} ${done.length === 1 ? 'removes' : 'remove'} ${percent(last.cumulative_risk_removed, page.total_risk)} of the risk, in ${counted(devices, 'installation')}.`;
}

const words: Record<Fix['state'], string> = {
  ready: 'ready here',
  draft: 'not published',
  withdrawn: 'withdrawn',
  rolling_out: 'rolling out',
  rolled_out: 'rolled out',
  vendor: 'at the vendor',
  none: 'none exists',
  cannot: 'device cannot',
};
export function stateWords(state: Fix['state']): string {
  return words[state];
}

// A release that is here and can go (or go again, to those that it has not reached).
export function canPlan(fix: Pick<Fix, 'release' | 'state'>): boolean {
  return fix.release != null && (fix.state === 'ready' || fix.state === 'rolled_out');
}

export function disruption(fix: Pick<Fix, 'restarts' | 'windows'>): string {
  return fix.windows === 0 ? '–' : `${counted(fix.restarts, 'restart')}, ${counted(fix.windows, 'window')}`;
}

// What makes a release of what a vendor sent, filled in as far as it is known.
export function bringIn(fix: Pick<Fix, 'models' | 'references'>): string {
  const model = fix.models[0] ?? '';
  const plain = (text: string) => text.replaceAll(/["\\$`]/g, '');
  return `oakum release create --name "${plain(model)}" --version VERSION --artifact FILE --model "${plain(model)}" --sbom SBOM --notes "asked for: ${plain(fix.references.join(', '))}"`;
}

export function nameOf(fix: Pick<Fix, 'name' | 'version'>): string {
  return `${fix.name} ${fix.version ?? ''}`.trim();
}

// "gateway 1.5.0 ends", "is open on GW-200": what a decision about the row is about, behind "Accept what".
export function aboutWords(fix: Pick<Fix, 'kind' | 'name' | 'version' | 'models'>): string {
  return fix.kind === 'gap' ? `is open on ${fix.models[0] || 'devices of no known model'}` : `${nameOf(fix)} ends`;
}

// The devices on which a row ends something, by what it ends: never more than the row is about. Fewer, where that is too much
// to name in one query; `namedWords` says so. Nothing: there is nothing to name.
export function devicesQuery(ends: Pick<Schema['FixEnds'], 'query' | 'rows'>): string | undefined {
  return ends.rows.length === 0 ? undefined : both(ends.query, `finding in (${ends.rows.map((row) => row.id).join(', ')})`);
}
export function namedWords(ends: Pick<Schema['FixEnds'], 'rows' | 'left_out'>): string {
  return `One query names ${grouped(ends.rows.length)} of the vulnerabilities, the gravest. Devices that are open only to the ${grouped(ends.left_out)} that weigh less are in the list, and not among those that are changed.`;
}
