// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { anchorOf, forPeople, linkOf, titleOf, topicOf, topics } from './model';

test('each topic has a title, and what is none is none', () => {
  for (const topic of topics) expect(titleOf(topic)).not.toBe('');
  expect(topicOf('backup')).toBe('backup');
  expect(topicOf('../secrets')).toBeUndefined();
});

// Pages name topics in words: each is one.
const sources = import.meta.glob('../../**/*.tsx', { query: '?raw', import: 'default', eager: true }) as Record<string, string>;
test('what pages lead to is a topic', () => {
  const named = Object.values(sources).flatMap((text) => [...text.matchAll(/<Guide topic="([^"]*)"|to="\/help" search=\{\{ tab: '([^']*)'/g)].map((match) => match[1] ?? match[2]));
  expect(named.length).toBeGreaterThan(8);
  for (const topic of named) expect(topicOf(topic), topic).toBe(topic);
});

test.each([
  ['backup.md', { topic: 'backup', part: '' }],
  ['operations.md#upgrade-and-back', { topic: 'operations', part: 'upgrade-and-back' }],
  ['reference/cli.md', { topic: 'cli', part: '' }],
  ['../concepts.md#people', { topic: 'concepts', part: 'people' }],
  ['https://www.first.org/epss', { outside: 'https://www.first.org/epss' }],
  ['adr/0005-desired-numbers-survive-restores.md', undefined],
  ['javascript:alert(1)', undefined],
])('%s leads to %o', (href, to) => expect(linkOf(href)).toEqual(to));

test.each([
  ['Upgrade, and back', 'upgrade-and-back'],
  ['GET /api/v1/devices/{id}', 'get-apiv1devicesid'],
  ['By itself, and looked at', 'by-itself-and-looked-at'],
])('the heading %s is reached by #%s', (heading, anchor) => expect(anchorOf(heading)).toBe(anchor));

test('marks for tests are not shown', () => expect(forPeople('<!-- Written by a tool -->\n\n# A\n\n```sh try\nls\n```\n')).toBe('# A\n\n```sh\nls\n```\n'));
