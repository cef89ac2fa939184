// SPDX-License-Identifier: Apache-2.0
// Numbers and times for people. Pure; tested as tables.

export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function oneDecimal(value: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

export function counted(value: number, noun: string): string {
  return `${grouped(value)} ${noun}${value === 1 ? '' : 's'}`;
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${Math.round((100 * part) / whole)} %`;
}

export function relative(then: string | null | undefined, now: number): string {
  if (!then) return 'never';
  const seconds = Math.round((now - Date.parse(then)) / 1000);
  const ago = Math.abs(seconds);
  const phrase = (count: number, unit: string) => (seconds < 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`);
  if (ago < 10) return 'now';
  if (ago < 120) return phrase(ago, 's');
  if (ago < 7200) return phrase(Math.floor(ago / 60), 'min');
  if (ago < 172_800) return phrase(Math.floor(ago / 3600), 'h');
  return phrase(Math.floor(ago / 86_400), 'days');
}
