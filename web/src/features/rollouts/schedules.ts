// SPDX-License-Identifier: Apache-2.0
// Windows and freezes: what the form says as what the server takes, and whom they hold up in words.
import type { Schema } from '../../shared/api/client';
import { counted, grouped } from '../../shared/format';
import { option, word } from '../../shared/shell';

export type Kind = 'window' | 'freeze';

export const days = [
  ['MO', 'Monday'],
  ['TU', 'Tuesday'],
  ['WE', 'Wednesday'],
  ['TH', 'Thursday'],
  ['FR', 'Friday'],
  ['SA', 'Saturday'],
  ['SU', 'Sunday'],
] as const;

// How it comes again: chosen from what people mean, or written as RFC 5545 says.
export interface Wish {
  kind: Kind;
  name: string;
  query: string;
  start: string; // as <input type="datetime-local"> gives it
  hours: number;
  repeat: 'once' | 'daily' | 'weekly' | 'rule';
  weekdays: string[];
  rule: string;
  zone: string;
  zoneIfUnknown: string;
  yieldsTo: '' | 'urgent' | 'emergency';
  why: string;
}

export function recurrence(wish: Pick<Wish, 'repeat' | 'weekdays' | 'rule'>): string | undefined {
  if (wish.repeat === 'daily') return 'FREQ=DAILY';
  if (wish.repeat === 'weekly') return wish.weekdays.length > 0 ? `FREQ=WEEKLY;BYDAY=${days.map(([code]) => code).filter((code) => wish.weekdays.includes(code)).join(',')}` : 'FREQ=WEEKLY';
  if (wish.repeat === 'rule') return wish.rule.trim() || undefined;
  return undefined;
}

export function ruleOf(wish: Wish): Schema['ScheduleRule'] {
  return {
    kind: wish.kind,
    name: wish.name.trim(),
    query: wish.query.trim(),
    times: [{ start: wish.start.slice(0, 16), minutes: Math.round(wish.hours * 60), rule: recurrence(wish) }],
    zone: wish.zone.trim(),
    zone_if_unknown: wish.zoneIfUnknown.trim(),
    yields_to: wish.yieldsTo,
    why: wish.why.trim(),
  };
}

// Of a rule by each device's own clock. Empty, which keeps a window shut, has to be said too.
function zoneIfUnknown(rule: Schema['ScheduleRule']): string {
  return rule.zone_if_unknown ? option('zone-if-unknown', rule.zone_if_unknown) : " --zone-if-unknown ''";
}

export function command(rule: Schema['ScheduleRule']): string {
  const time = rule.times[0]!;
  return `oakum ${rule.kind} set ${word(rule.name)} --from ${time.start} --for ${time.minutes}m${option('repeat', time.rule ?? '')}${option('query', rule.query ?? '')}${option('zone', rule.zone ?? '')}${rule.zone ? '' : zoneIfUnknown(rule)}${option('yields-to', rule.yields_to ?? '')}${option('why', rule.why ?? '')}`;
}

// Whether any of the waves is held up at all.
export function bound(times: Schema['RolloutTimes']): boolean {
  return times.waves.some((wave) => wave.later.length > 0 || wave.after_those > 0 || wave.never > 0);
}

export function lastOf(wave: Schema['RolloutTimes']['waves'][number]): string {
  const later = wave.later.reduce((sum, each) => sum + each.devices, wave.after_those);
  const openings = wave.after_those > 0 ? `more than ${grouped(wave.later.length)} openings` : counted(wave.later.length, 'opening');
  return later === 0 ? '–' : `${counted(later, 'device')} in ${openings}`;
}
