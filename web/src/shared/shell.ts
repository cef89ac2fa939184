// SPDX-License-Identifier: Apache-2.0
// A word of a command line: quoted where a shell would take it apart.
export function word(text: string): string {
  return /^[\w.:@/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

// " --name value" for what is given.
export function option(name: string, value: string | null | undefined): string {
  return value ? ` --${name} ${word(value)}` : '';
}
