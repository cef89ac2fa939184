// SPDX-License-Identifier: Apache-2.0
// What stands there while the next page of a list comes: the page before it, never rows of another question. Pure; tested as a table.
type Key = readonly unknown[];

// For lists whose key ends with the cursor.
export function pageBefore(key: Key): <T>(before: T | undefined, of?: { queryKey: Key }) => T | undefined {
  const question = (of: Key) => JSON.stringify(of.slice(0, -1));
  return (before, of) => (of && of.queryKey.length === key.length && question(of.queryKey) === question(key) ? before : undefined);
}
