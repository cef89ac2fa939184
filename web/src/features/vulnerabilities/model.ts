// SPDX-License-Identifier: Apache-2.0
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
