// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../shared/api/client';

// "The first 2 updates remove 71 % of the risk." – as few updates as reach seven tenths, or all there are.
export function headline(page: Pick<Schema['FixPage'], 'items' | 'total_risk'>): string {
  if (page.total_risk === 0 || page.items.length === 0) return 'Nothing known is open.';
  let count = page.items.findIndex((fix) => fix.cumulative_risk_removed >= 0.7 * page.total_risk) + 1;
  if (count === 0) count = page.items.length;
  const share = Math.round((100 * page.items[count - 1]!.cumulative_risk_removed) / page.total_risk);
  return count === 1 ? `The first update removes ${share} % of the risk.` : `The first ${count} updates remove ${share} % of the risk.`;
}
