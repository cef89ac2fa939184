// SPDX-License-Identifier: Apache-2.0
// A page of the dashboard as the server names it ("/devices?query=...") for the router.
export function addressOf(page: string): { to: string; search: Record<string, string> } {
  const mark = page.indexOf('?');
  if (mark < 0) return { to: page, search: {} };
  return { to: page.slice(0, mark), search: Object.fromEntries(new URLSearchParams(page.slice(mark + 1))) };
}

// The same without the scope of the page: an alarm counts all devices that one may see, and so does its list.
export function wholeFleet(address: { to: string; search: Record<string, string> }): { to: string; search: Record<string, string | undefined> } {
  return { to: address.to, search: { ...address.search, scope: undefined } };
}
