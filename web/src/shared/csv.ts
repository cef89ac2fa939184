// SPDX-License-Identifier: Apache-2.0
// Rows as a file for a spreadsheet. What a device says is never a formula there: such a cell begins with an apostrophe.
function cell(text: string): string {
  // Nor does it turn the direction of text, or stand there unseen.
  const one = text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f]/g, '?');
  const numeric = /^-?[\d,]+(\.\d+)?$/.test(one);
  const safe = !numeric && /^[=+\-@\t\r|]/.test(one) ? `'${one}` : one;
  return /[",;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(rows: string[][]): string {
  return rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}
