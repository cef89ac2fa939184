// SPDX-License-Identifier: Apache-2.0
// A device over time (picture D): the version that ran, what was open on it, and its updates. Pure; tested as tables.
import type { Schema } from '../../shared/api/client';
import { counted, grouped } from '../../shared/format';

type Finding = Pick<Schema['Finding'], 'severity' | 'exploited' | 'verdict' | 'first_seen' | 'closed'>;
type Event = Pick<Schema['DeviceEvent'], 'at' | 'subject' | 'before' | 'after'>;
type Deployment = Pick<Schema['Deployment'], 'offered_at' | 'state' | 'state_at' | 'release'>;

// Of what is open, by severity; what cannot be told stands above it, and is not counted as open.
export const bands = ['critical', 'high', 'medium', 'low', 'not scored', 'cannot tell'] as const;
export type Counts = Record<(typeof bands)[number], number>;

export interface Ran {
  version: string;
  from: number;
  to: number;
}
export interface Moment {
  at: number;
  version: string;
  open: number;
  exploited: number;
  by: Counts;
  happened: string[];
}

// Which version ran from when to when, by the device's own word when it gave one, else by what was imported.
export function versionsOf(events: Event[], running: string | null, since: number, now: number): Ran[] {
  const told = ['running_version', 'firmware_version', 'os_version'].map((subject) => events.filter((event) => event.subject === subject && event.before !== event.after)).find((list) => list.length > 0) ?? [];
  const changes = [...told].sort((a, b) => a.at.localeCompare(b.at));
  const list: Ran[] = [];
  const add = (version: string, from: number, to: number) => to > from && list.push({ version: version || 'not known', from, to });
  let from = since;
  let version = changes[0]?.before ?? running ?? '';
  for (const change of changes) {
    const at = Math.max(Date.parse(change.at), since);
    add(version, from, at);
    [from, version] = [at, change.after];
  }
  add(version, from, now);
  return list;
}

const nothing = (): Counts => ({ critical: 0, high: 0, medium: 0, low: 0, 'not scored': 0, 'cannot tell': 0 });
function openAt(findings: Finding[], at: number): Pick<Moment, 'open' | 'exploited' | 'by'> {
  const by = nothing();
  let [open, exploited] = [0, 0];
  for (const finding of findings) {
    if (Date.parse(finding.first_seen) > at || (finding.closed && Date.parse(finding.closed) <= at)) continue;
    if (finding.verdict === 'unknown') {
      ++by['cannot tell'];
      continue;
    }
    ++open;
    if (finding.exploited) ++exploited;
    ++by[finding.severity === 'unknown' || finding.severity === 'none' ? 'not scored' : finding.severity];
  }
  return { open, exploited, by };
}

// What each step of an update says about it; what nobody needs in a picture is left out.
function happenings(deployments: Deployment[]): { at: number; what: string }[] {
  return deployments.flatMap((each) => {
    const release = `${each.release.name} ${each.release.version}`;
    const ended = { verified: 'verified', failed: 'failed', rolled_back: 'fell back', withdrawn: 'withdrawn', superseded: 'superseded', expired: 'expired', silent: 'fell silent' }[each.state as string];
    return [{ at: Date.parse(each.offered_at), what: `${release} was offered` }, ...(ended ? [{ at: Date.parse(each.state_at), what: ended === 'fell back' || ended === 'fell silent' ? `the device ${ended} with ${release}` : `${release} ${ended === 'expired' || ended === 'failed' ? ended : `was ${ended}`}` }] : [])];
  });
}

// Every moment at which something changed, from its first sight until now.
export function momentsOf({ events, findings, deployments, running, since, now }: { events: Event[]; findings: Finding[]; deployments: Deployment[]; running: string | null; since: number; now: number }): Moment[] {
  const ran = versionsOf(events, running, since, now);
  const happened = happenings(deployments);
  const times = new Set([since, now, ...ran.map((each) => each.from), ...happened.map((each) => each.at), ...findings.flatMap((each) => [Date.parse(each.first_seen), ...(each.closed ? [Date.parse(each.closed)] : [])])]);
  return [...times]
    .filter((at) => at >= since && at <= now)
    .sort((a, b) => a - b)
    .map((at) => ({ at, version: (ran.find((each) => at >= each.from && at < each.to) ?? ran.at(-1))?.version ?? 'not known', ...openAt(findings, at), happened: happened.filter((each) => each.at === at).map((each) => each.what) }));
}

// The picture's columns: the time since its first sight in equal pieces, each as it was at its end.
export function columnsOver(moments: Moment[], count: number): Moment[] {
  const first = moments[0];
  const last = moments.at(-1);
  if (!first || !last) return [];
  const step = (last.at - first.at) / count;
  if (step <= 0) return [last];
  return Array.from({ length: count }, (_, i) => {
    const end = i + 1 === count ? last.at : first.at + step * (i + 1);
    const inside = moments.filter((each) => each.at <= end && (each.at > first.at + step * i || i === 0));
    const at = inside.at(-1) ?? moments.filter((each) => each.at <= end).at(-1) ?? first;
    return { ...at, at: end, happened: inside.flatMap((each) => each.happened) };
  });
}

export function momentWords(moment: Moment, when: string): string {
  const open = moment.open === 0 ? 'nothing known was open' : `${counted(moment.open, 'finding')} open${moment.exploited > 0 ? `, ${grouped(moment.exploited)} exploited` : ''}`;
  const unknown = moment.by['cannot tell'] > 0 ? `, ${grouped(moment.by['cannot tell'])} cannot be told` : '';
  const happened = moment.happened.map((what) => ` ${what.charAt(0).toUpperCase()}${what.slice(1)}.`).join('');
  return `${when}: ran ${moment.version}; ${open}${unknown}.${happened}`;
}
