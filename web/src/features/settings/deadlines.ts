// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';
import { counted } from '../../shared/format';
import { literal } from '../../shared/query';

type Outcome = Schema['DeadlinePolicy']['outcomes'][number];

export function timeGiven(given: { days: number | null; forensic_triage: boolean }): string {
  const time = given.days === null ? 'with the next upgrade' : counted(given.days, 'day');
  return given.forensic_triage ? `${time}, and forensic triage` : time;
}

// The days that a form chose, as the server reads them; those that are as they were are left out.
export function chosenDays(outcomes: Outcome[], form: FormData): Record<string, number> {
  const days: Record<string, number> = {};
  for (const outcome of outcomes) {
    const given = Number(form.get(`days ${outcome.name}`));
    if (outcome.adjustable && Number.isInteger(given) && given > 0) days[outcome.name] = given;
  }
  return days;
}
export function daysParameter(days: Record<string, number>): string | undefined {
  const pairs = Object.entries(days).map(([outcome, count]) => `${outcome}=${count}`);
  return pairs.length === 0 ? undefined : pairs.join(',');
}

// A rule that says how exposed devices are, by where they are: a group that its devices inherit from.
export const exposures = { isolated: 'isolated: in a network of its own', internal: 'internal: behind a firewall', internet: 'internet: strangers can reach it' } as const;
export const places = { subnet: 'a subnet', zone: 'a zone', site: 'a site' } as const;
export type Place = keyof typeof places;
export function placeQuery(place: Place, value: string): string {
  const text = value.trim();
  if (place === 'subnet') return `address in ${text}`;
  return `${place} = ${literal(text)}`;
}
export function ruleName(place: Place, value: string): string {
  return `Exposure of ${place} ${value.trim()}`;
}
// Rules are groups by query whose only default is an exposure.
export function exposureRules(groups: Schema['Group'][]): Schema['Group'][] {
  return groups.filter((group) => group.query !== null && Object.keys(group.defaults).length === 1 && group.defaults['exposure'] !== undefined);
}

// Of a table that is brought in: how many rows stand below its first.
export function rowsOf(table: string): number {
  return Math.max(0, table.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '').length - 1);
}

// What a table of ends of support does to the one before it. Past ends make devices unsupported at once.
export function replacingSentence(rows: number, before: number): string {
  const gone = before === 0 ? 'None was brought in before.' : `The ${counted(before, 'row')} that ${before === 1 ? 'was' : 'were'} brought in before ${before === 1 ? 'goes' : 'go'}.`;
  return rows === 0 ? `It has no row below its first. ${gone} What comes with Oakum decides alone.` : `It has ${counted(rows, 'row')}. ${gone} Devices past an end that it names are unsupported at once.`;
}
