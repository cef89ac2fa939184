// SPDX-License-Identifier: Apache-2.0
// Numbers and times for people. Pure; tested as tables.

export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function oneDecimal(value: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

export function counted(value: number, noun: string, nouns = `${noun}s`): string {
  return `${grouped(value)} ${value === 1 ? noun : nouns}`;
}

// A part that is there is never "0 %", and one that is not whole never "100 %".
export function percent(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const share = Math.round((100 * part) / whole);
  if (share === 0 && part > 0) return '< 1 %';
  if (share === 100 && part < whole) return '> 99 %';
  return `${share} %`;
}

export function bytes(value: number): string {
  let unit = 0;
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  while (value >= 1024 && unit + 1 < units.length) {
    value /= 1024;
    ++unit;
  }
  return `${unit === 0 ? grouped(value) : oneDecimal(value)} ${units[unit]}`;
}

function span(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

export function relative(then: string | null | undefined, now: number): string {
  if (!then) return 'never';
  const seconds = Math.round((now - Date.parse(then)) / 1000);
  if (Math.abs(seconds) < 10) return 'now';
  if (seconds > 90 * 86_400) return then.slice(0, 10);
  return seconds < 0 ? `in ${span(-seconds)}` : `${span(seconds)} ago`;
}

// "2026-11-25 20:13:09 GMT+1": the viewer's own zone, with its name.
export function exact(at: string): string {
  const time = new Date(at);
  const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(time).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const two = (value: number) => String(value).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())} ${zone}`.trim();
}

// "22:04 there": a time in a device's own zone, where that is another than the viewer's; nothing when it is the same,
// or is none that exists.
export function there(at: string, zone: string | null | undefined): string | null {
  if (!zone) return null;
  try {
    const clock = (timeZone?: string) => new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit' }).format(new Date(at)).replace(',', '');
    return clock(zone) === clock() ? null : `${clock(zone)} there`;
  } catch {
    return null;
  }
}

// How long a wait of so many seconds is, in words.
export function duration(seconds: number): string {
  if (seconds === 0) return 'no time';
  if (seconds % 86_400 === 0 && seconds >= 172_800) return `${seconds / 86_400} days`;
  if (seconds % 3600 === 0) return counted(seconds / 3600, 'hour');
  if (seconds % 60 === 0) return counted(seconds / 60, 'minute');
  return counted(seconds, 'second');
}

// Days for people: hours and minutes below two days.
export function days(value: number | null | undefined): string {
  if (value == null) return '–';
  if (value >= 2) return `${oneDecimal(value)} days`;
  const minutes = Math.round(value * 1440);
  if (minutes < 1) return 'under a minute';
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
