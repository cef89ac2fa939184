// SPDX-License-Identifier: Apache-2.0
// Rows as a file for a spreadsheet. What a device says is never a formula there: such a cell begins with an apostrophe.
function cell(text: string): string {
  const one = text.replace(/\s+/g, ' ').trim();
  const numeric = /^-?[\d,]+(\.\d+)?$/.test(one);
  const safe = !numeric && /^[=+\-@\t\r|]/.test(one) ? `'${one}` : one;
  return /[",;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(rows: string[][]): string {
  return rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}
