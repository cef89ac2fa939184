// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { every, fetchedSentence, sourceBody, sourceState } from './sources';

const off = { enabled: false, job: null, error: null, refused: false, synced: null, failures: 0 };

test.each([
  [off, '– off'],
  [{ ...off, enabled: true }, '? not synced yet'],
  [{ ...off, enabled: true, synced: '2026-11-01T00:00:00Z' }, '✓ synced'],
  [{ ...off, enabled: true, error: 'nobody answers', failures: 1 }, '✕ failed'],
  [{ ...off, enabled: true, error: 'nobody answers', failures: 3 }, '✕ failed 3 times'],
  [{ ...off, enabled: true, error: 'older', refused: true, failures: 1 }, '✕ refused what came'],
  [{ ...off, enabled: true, error: 'older', refused: true, failures: 1, job: 'j' }, '… being synced'],
])('what became of a source is said in a word', (source, words) => expect(sourceState(source).words).toBe(words));

test.each([
  [[], 'Nothing is fetched: no source is switched on.'],
  [[{ enabled: false, error: null }], 'Nothing is fetched: no source is switched on.'],
  [[{ enabled: true, error: null }, { enabled: false, error: 'x' }], '1 source of 2 switched on; none fails.'],
  [[{ enabled: true, error: 'x' }, { enabled: true, error: null }], '2 sources of 2 switched on; 1 fails.'],
])('sources are summed up', (sources, words) => expect(fetchedSentence(sources)).toBe(words));

test('the time between two syncs is said in words', () => expect(every(21_600)).toBe('every 6 hours'));

test('a form sends what was typed, and a key only when there is one', () => {
  const form = new FormData();
  form.set('url', ' https://mirror.example/{}/all.zip ');
  form.set('hours', '0.5');
  form.set('parts', 'Go, PyPI\nnpm');
  form.set('key', '');
  expect(sourceBody(form)).toEqual({ url: 'https://mirror.example/{}/all.zip', every_seconds: 1800, parts: ['Go', 'PyPI', 'npm'] });
  form.set('key', 'abc');
  form.delete('parts');
  expect(sourceBody(form)).toEqual({ url: 'https://mirror.example/{}/all.zip', every_seconds: 1800, key: 'abc' });
});
