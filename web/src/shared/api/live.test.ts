// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { follow, touched, type Source } from './live';

test.each([
  ['deployment', 'rollout', true],
  ['deployment', 'advisories', false],
  ['finding', 'exposure', true],
  ['job', 'exposure', false],
  ['job', 'jobs', true],
  ['alarm', 'alarms', true],
  ['release', 'release', true],
  ['user', 'users', true],
  ['edit', 'devices', true],
  ['something new', 'exposure', false],
])('a change of %s makes %s old: %s', (kind, key, old) => expect(touched(kind).includes(key)).toBe(old));

class Fake implements Source {
  static all: Fake[] = [];
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  private heard = new Map<string, (event: { type: string; data: string }) => void>();
  constructor() {
    Fake.all.push(this);
  }
  addEventListener(kind: string, hear: (event: { type: string; data: string }) => void) {
    this.heard.set(kind, hear);
  }
  close() {
    this.closed = true;
  }
  say(type: string, data = '{}') {
    this.heard.get(type)?.({ type, data });
  }
}

function source(index: number): Fake {
  const found = Fake.all[index];
  if (!found) throw new Error(`no connection ${index}`);
  return found;
}

const ALL = 'everything';
function live() {
  Fake.all = [];
  const stale: string[] = [];
  const end = follow(
    () => new Fake(),
    (key) => stale.push(key ?? ALL),
  );
  return { stale, end };
}
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('changes are gathered for a second and told once', () => {
  const { stale } = live();
  for (let i = 0; i < 5; ++i) source(0).say('rollout', '{"kind":"rollout"}');
  expect(stale).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(stale).toEqual(['rollouts', 'rollout', 'fixes']);
  source(0).say('rollout', 'not JSON');
  vi.advanceTimersByTime(5000);
  expect(stale.length).toBe(3);
});

test('every kind that makes something old is listened to: the figures of the day too', () => {
  const { stale } = live();
  source(0).say('figures');
  vi.advanceTimersByTime(1000);
  expect(stale).toEqual(['figures']);
});

test('resync makes everything old at once', () => {
  const { stale } = live();
  source(0).say('resync');
  expect(stale).toEqual([ALL]);
});

test('an interruption is left to the browser, a refusal is asked again and makes everything old', () => {
  const { stale } = live();
  source(0).readyState = 0;
  source(0).onerror?.();
  vi.advanceTimersByTime(60_000);
  expect(Fake.all.length).toBe(1);
  source(0).readyState = 2;
  source(0).onerror?.();
  vi.advanceTimersByTime(5000);
  expect(Fake.all.length).toBe(2);
  expect(stale).toEqual([]);
  source(1).onopen?.();
  expect(stale).toEqual([ALL]);
});

test('what ended says and asks nothing more', () => {
  const { stale, end } = live();
  source(0).say('feed', '{"kind":"feed"}');
  source(0).readyState = 2;
  source(0).onerror?.();
  end();
  vi.advanceTimersByTime(60_000);
  expect(Fake.all.length).toBe(1);
  expect(source(0).closed).toBe(true);
  expect(stale).toEqual([]);
});

test.each([
  ['floor', 'floors'],
  ['policy', 'policies'],
  ['support', 'policies'],
  ['setting', 'retention'],
  ['firmware', 'release'],
  ['fix', 'fixes'],
])('what others change of the kind %s is asked for again in %s', (kind, key) => expect(touched(kind)).toContain(key));
