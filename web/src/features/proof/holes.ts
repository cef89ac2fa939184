// SPDX-License-Identifier: Apache-2.0
// The holes behind the figures of Proof: which ones, in words. Pure; tested as tables.
import type { Schema } from '../../shared/api/client';
import { counted } from '../../shared/format';
import { className } from './model';

export type Standing = Schema['Hole']['standing'];
export const states = ['open', 'closed', 'kept', 'kept_late', 'overdue', 'excepted', 'not_due', 'without_deadline'] as const;
export type State = (typeof states)[number];
export const classes = ['all', 'exploited', 'critical', 'high', 'medium', 'low'] as const;
export type Class = (typeof classes)[number];

const words: Record<State, string> = {
  open: 'open',
  closed: 'closed',
  kept: 'closed in time',
  kept_late: 'closed late',
  overdue: 'overdue',
  excepted: 'excepted',
  not_due: 'open and not due yet',
  without_deadline: 'due with the next upgrade',
};
export function stateWords(state: State): string {
  return words[state];
}

// What the URL names, or nothing.
export function stateOf(text: string | undefined): State | undefined {
  return states.find((state) => state === text);
}
export function classOf(text: string | undefined): Class {
  return classes.find((each) => each === text) ?? 'all';
}

// "214 holes: overdue, known to be exploited."
export function sentence(total: number, state: State | undefined, of: Class): string {
  const which = [...(state ? [stateWords(state)] : []), ...(of === 'all' ? [] : [className(of)])].join(', ');
  return `${counted(total, 'hole')}${which ? `: ${which}` : ''}.`;
}
