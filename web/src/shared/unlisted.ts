// SPDX-License-Identifier: Apache-2.0
// What a choice does not list, so that a name that is not there is not taken for one that does not exist. Pure; tested as a table.
export function unlisted(lists: { what: string; failed: boolean; more: boolean | undefined }[]): string[] {
  return lists.flatMap(({ what, failed, more }) => (failed ? [`${what} could not be read`] : more ? [`more ${what} than stand here: name one in a query`] : []));
}
