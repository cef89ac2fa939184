// SPDX-License-Identifier: Apache-2.0
import { both, literal } from '../../shared/query';
import type { Schema } from '../../shared/api/client';

// From public to fixed, in their order; what is not known is left out.
export function timeline(dates: Schema['Advisory']['dates']): { what: string; at: string }[] {
  const steps = [
    { what: 'public', at: dates.disclosed ?? null },
    { what: 'in our data', at: dates.known_to_us ?? null },
    { what: 'matched to a device', at: dates.matched ?? null },
    { what: 'a fix was here', at: dates.fix_available ?? null },
    { what: 'first verified', at: dates.first_verified ?? null },
  ];
  return steps.filter((step): step is { what: string; at: string } => step.at !== null);
}

const states: Record<string, string> = { ready: 'ready here', draft: 'not published', withdrawn: 'withdrawn', rolling_out: 'rolling out', rolled_out: 'rolled out', vendor: 'at the vendor', published: 'ready here' };
export function fixState(fix: Schema['Advisory']['fixes'][number]): string {
  return fix.kind === 'none' ? 'none exists' : (states[fix.state] ?? fix.state.replaceAll('_', ' '));
}

// What a sheet sends that records one of our own.
export function recordBody(form: FormData): Schema['OwnAdvisoryNew'] {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const product: Record<string, string> = { component: text('component') };
  for (const name of ['introduced', 'fixed']) if (text(name)) product[name] = text(name);
  const body: Record<string, unknown> = { title: text('title'), severity: text('severity'), exploited: form.get('exploited') !== null, products: [product] };
  for (const name of ['workaround', 'embargo']) if (text(name)) body[name] = text(name);
  const aliases = text('aliases').split(',').map((id) => id.trim()).filter((id) => id !== '');
  if (aliases.length > 0) body.aliases = aliases;
  return body as Schema['OwnAdvisoryNew'];
}

// The devices of a row of the table by model and version. What is missing is said to be, so that nothing of it is
// unknown but the finding.
export function rowQuery(row: { model: string | null; version: string | null }): string {
  const is = (field: string, value: string | null | undefined) => (value == null ? `not exists(${field})` : `exists(${field}) and ${field} = ${literal(value)}`);
  const system = /^(.+) \((.+)\)$/.exec(row.version ?? '');
  const asSystem = `${is('firmware_version', null)} and ${is('os_version', system ? system[1] : row.version)} and ${is('patch_level', system?.[2])}`;
  const version = row.version === null || system ? asSystem : `(${is('firmware_version', row.version)} or ${asSystem})`;
  return `${is('model', row.model)} and ${version}`;
}

// The devices of a row of findings: of the component in that version, open to that. Of what cannot be told no query can.
export function devicesOf(row: Pick<Schema['FleetFinding'], 'advisory' | 'component' | 'verdict'>, within: string | undefined): string | undefined {
  return row.verdict === 'affected' ? both(within, `finding = ${literal(row.advisory)} and component(${JSON.stringify(row.component.name)}) = ${literal(row.component.version ?? '')}`) : undefined;
}

// The devices behind a whole list of vulnerabilities, where a query names them: words cannot be asked of devices.
export function listed(search: string | undefined, only: string | undefined, within: string | undefined): string | undefined {
  if (search || only === 'all') return undefined;
  return both(within, only === 'exploited' ? 'kev' : 'exists(finding)');
}

// A release that is here and fixes it for most; how many of those affected it is for.
export function fixEverywhere(advisory: Pick<Schema['Advisory'], 'fixes' | 'affected'>): { release: string; name: string; words: string } | null {
  const here = advisory.fixes.filter((fix) => fix.release != null && fix.state === 'published').sort((a, b) => b.devices - a.devices);
  const best = here[0];
  if (!best || advisory.affected === 0) return null;
  const rest = advisory.affected - best.devices;
  const words =
    rest <= 0 ? 'It is for all that are affected.' : here.length > 1 ? `It takes ${here.length} releases: this one is for ${best.devices.toLocaleString('en-US')} of ${advisory.affected.toLocaleString('en-US')}, the others stand below.` : `It is for ${best.devices.toLocaleString('en-US')} of ${advisory.affected.toLocaleString('en-US')}; for the others no release is here.`;
  return { release: best.release!, name: `${best.name} ${best.version ?? ''}`.trim(), words };
}
