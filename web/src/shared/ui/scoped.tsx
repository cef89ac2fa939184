// SPDX-License-Identifier: Apache-2.0
// What a page says about the scope that was chosen above it.
import { scopeWords, useScope } from '../scope';

export function Scoped() {
  const { scope } = useScope();
  return scope ? <p className="quiet">Only {scopeWords(scope)}.</p> : null;
}

// For pages that count more than devices.
export function Unscoped({ what }: { what: string }) {
  const { scope } = useScope();
  return scope ? <p className="quiet">The scope ({scopeWords(scope)}) narrows devices and what is found on them; {what} are shown whole.</p> : null;
}
