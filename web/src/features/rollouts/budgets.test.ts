// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { budgetCommand, budgetOf, keysOf, type BudgetWish } from './budgets';

const wish: BudgetWish = { name: ' pairs ', query: 'model = GW-1', by: 'site, tag.role', most: 1, unit: 'devices', yieldsTo: 'emergency', why: '' };

test('facts are read as people type them', () => {
  expect(keysOf(' site,tag.role  model,')).toEqual(['site', 'tag.role', 'model']);
  expect(keysOf('')).toEqual([]);
});

test('a wish is either a number of devices or a share', () => {
  expect(budgetOf(wish)).toEqual({ name: 'pairs', query: 'model = GW-1', by: ['site', 'tag.role'], devices: 1, yields_to: 'emergency', why: '' });
  const share = budgetOf({ ...wish, unit: 'percent', most: 10 });
  expect(share.percent).toBe(10);
  expect('devices' in share).toBe(false);
});

test('the command says the same', () => {
  expect(budgetCommand(budgetOf(wish))).toBe("oakum budget add pairs --most 1 --by 'site,tag.role' --query 'model = GW-1' --yields-to emergency");
  expect(budgetCommand(budgetOf({ ...wish, by: '', query: '', yieldsTo: '', unit: 'percent', most: 0, why: "it's a pair" }))).toBe("oakum budget add pairs --most 0% --why 'it'\\''s a pair'");
});
