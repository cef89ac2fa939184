// SPDX-License-Identifier: Apache-2.0
// Disruption budgets: what the form says as what the server takes, and as what a terminal takes.
import type { Schema } from '../../shared/api/client';
import { option, word } from '../../shared/shell';

export interface BudgetWish {
  name: string;
  query: string;
  by: string; // facts, as typed: "site, tag.role"
  most: number;
  unit: 'devices' | 'percent';
  yieldsTo: '' | 'urgent' | 'emergency';
  why: string;
}

export function keysOf(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

export function budgetOf(wish: BudgetWish): Schema['BudgetRule'] {
  return {
    name: wish.name.trim(),
    query: wish.query.trim(),
    by: keysOf(wish.by),
    [wish.unit]: wish.most,
    yields_to: wish.yieldsTo,
    why: wish.why.trim(),
  };
}

export function budgetCommand(rule: Schema['BudgetRule']): string {
  const most = rule.devices !== undefined ? String(rule.devices) : `${rule.percent ?? 0}%`;
  return `oakum budget add ${word(rule.name)} --most ${most}${option('by', (rule.by ?? []).join(','))}${option('query', rule.query ?? '')}${option('yields-to', rule.yields_to ?? '')}${option('why', rule.why ?? '')}`;
}
