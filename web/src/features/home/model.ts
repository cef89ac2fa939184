// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';

export type Exposure = Schema['Exposure'];

export interface Step {
  name: string;
  devices: number;
}

// Picture B: where devices are between "affected" and "verified", and the step at which most of them wait.
export function funnel(exposure: Exposure): { steps: Step[]; gap: string | null } {
  const { affected, fix_exists, approved, offered, installed, verified } = exposure.funnel;
  const steps = [
    { name: 'affected', devices: affected },
    { name: 'a fix exists', devices: fix_exists },
    { name: 'approved', devices: approved },
    { name: 'offered', devices: offered },
    { name: 'installed', devices: installed },
    { name: 'verified', devices: verified },
  ];
  let gap: string | null = null;
  let widest = 0;
  for (let i = 1; i < steps.length; ++i) {
    const lost = steps[i - 1]!.devices - steps[i]!.devices;
    if (lost > widest) {
      widest = lost;
      gap = `${lost.toLocaleString('en-US')} devices wait between "${steps[i - 1]!.name}" and "${steps[i]!.name}".`;
    }
  }
  return { steps, gap };
}

// Exposed, cannot tell, and no known exposure are three different things; together they are all devices.
export function parts(exposure: Exposure) {
  const clean = Math.max(0, exposure.devices - exposure.exposed - exposure.cannot_tell);
  return [
    { label: 'exposed', value: exposure.exposed, tone: 'bad' as const },
    { label: 'cannot tell', value: exposure.cannot_tell, tone: 'unknown' as const },
    { label: 'no known exposure', value: clean, tone: 'good' as const },
  ];
}
