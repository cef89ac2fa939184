// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';
import { counted, grouped } from '../../shared/format';
import { both, literal } from '../../shared/query';

type Release = Schema['Release'];

export interface Adopted {
  model: string;
  versions: { version: string; devices: number; isThis: boolean; known: boolean }[];
  devices: number;
  here: number; // on the version of this release
}

// Picture E as of now: which version runs on how many devices of each model; the release's own first, unknown last.
export function adoption(release: Pick<Release, 'adoption' | 'version'>): Adopted[] {
  const models = new Map<string, Adopted>();
  for (const row of release.adoption) {
    const model = models.get(row.model) ?? { model: row.model, versions: [], devices: 0, here: 0 };
    const known = row.version != null;
    const isThis = row.version === release.version;
    model.versions.push({ version: row.version ?? 'not known', devices: row.devices, isThis, known });
    model.devices += row.devices;
    if (isThis) model.here += row.devices;
    models.set(row.model, model);
  }
  for (const model of models.values())
    model.versions.sort((a, b) => Number(b.isThis) - Number(a.isThis) || Number(b.known) - Number(a.known) || b.devices - a.devices || a.version.localeCompare(b.version));
  return [...models.values()].sort((a, b) => b.devices - a.devices || a.model.localeCompare(b.model));
}

// The bar of one model: this version is good, an unknown one has a place of its own.
export function adoptionParts(model: Adopted) {
  return model.versions.map((row) => ({ label: row.version, value: row.devices, tone: row.isThis ? ('good' as const) : row.known ? ('calm' as const) : ('unknown' as const), devices: { query: both(`model = ${literal(model.model)}`, row.known ? `running_version = ${literal(row.version)}` : 'not exists(running_version)') } }));
}

// How many of those that run something else can come to this release.
// `leftOut`: so many versions, each with fewer devices, are not among them; then nothing is said of all.
export function pathsSentence(paths: Release['paths'], version: string, leftOut: number): string {
  const of = (some: Release['paths']) => some.reduce((sum, path) => sum + path.devices, 0);
  const all = of(paths);
  const can = of(paths.filter((path) => path.can));
  if (leftOut > 0) return `Of the ${counted(all, 'device')} on the ${counted(paths.length, 'version')} that most run, ${grouped(can)} can go to ${version} and ${grouped(all - can)} cannot; ${counted(leftOut, 'version')} with fewer devices ${leftOut === 1 ? 'is' : 'are'} not looked at here.`;
  if (all === 0) return 'No device of its models runs anything else.';
  if (can === all) return `Every version that runs can go to ${version}: ${counted(all, 'device')}.`;
  return `${grouped(can)} of ${counted(all, 'device')} that ${all === 1 ? 'runs' : 'run'} something else can go to ${version}; ${grouped(all - can)} cannot.`;
}

// Exploited ones first, then by severity, then by id.
const order = ['critical', 'high', 'medium', 'low', 'none', 'unknown'];
export function worstFirst<T extends Schema['AdvisoryRef']>(rows: T[]): T[] {
  return [...rows].sort((a, b) => Number(b.exploited) - Number(a.exploited) || order.indexOf(a.severity) - order.indexOf(b.severity) || a.id.localeCompare(b.id));
}

// Against what, and how many.
export function effectSentence(release: Pick<Release, 'fixes_count' | 'brings_count' | 'compared_with'>): string {
  if (release.fixes_count == null || release.brings_count == null) return 'Nobody can tell without an SBOM.';
  if (release.compared_with == null) return `There is nothing to compare it with; ${counted(release.brings_count, 'vulnerability', 'vulnerabilities')} ${release.brings_count === 1 ? 'is' : 'are'} open in it.`;
  return `Compared with ${release.compared_with}: fixes ${grouped(release.fixes_count)}, brings ${grouped(release.brings_count)}.`;
}

// The buttons that this person can press now; nothing is published that a check stops.
export function actionsOf(release: Pick<Release, 'actions' | 'checks'>, may: (permission: Schema['Permission']) => boolean): ('publish' | 'withdraw')[] {
  return (['publish', 'withdraw'] as const).filter((each) => release.actions.includes(each) && may(each === 'publish' ? 'release.publish' : 'release.withdraw') && (each === 'withdraw' || release.checks.every((check) => check.ok)));
}

// What publishing and withdrawing do, and what they cannot undo.
export function consequence(action: 'publish' | 'withdraw', name: string): string {
  return action === 'publish'
    ? `${name} is signed into the targets that devices verify. It cannot be changed afterwards, only withdrawn. No device is offered it before a rollout does.`
    : `${name} is offered to nobody any more, and no new rollout may bring it. Devices that run it keep it.`;
}
