// SPDX-License-Identifier: Apache-2.0
import type { Part } from '../../shared/ui/badges';
import type { Schema } from '../../shared/api/client';

// One bar of states: silent and not yet started have places of their own.
export function parts(totals: Schema['Counts'], inScope: number): Part[] {
  return [
    { label: 'verified', value: totals.verified, tone: 'good' },
    { label: 'under way', value: totals.pending, tone: 'busy' },
    { label: 'failed', value: totals.failed, tone: 'bad' },
    { label: 'fell back', value: totals.rolled_back, tone: 'bad' },
    { label: 'silent', value: totals.silent, tone: 'unknown' },
    { label: 'not started', value: Math.max(0, inScope - totals.started), tone: 'calm' },
  ];
}

export function share(ppm: number): string {
  return `${ppm / 10_000} %`;
}

const dangerous = new Set(['halt', 'abort', 'roll-back']);
export function isDangerous(action: string): boolean {
  return dangerous.has(action);
}

export function actionTitle(action: string): string {
  const words = action.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
