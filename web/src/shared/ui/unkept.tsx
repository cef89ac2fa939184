// SPDX-License-Identifier: Apache-2.0
// In place of figures of past days, for a scope of which none are kept.
export function Unkept() {
  return <p className="quiet">Figures of past days are kept for the fleet and for groups; make a group of this scope to have them from then on.</p>;
}
