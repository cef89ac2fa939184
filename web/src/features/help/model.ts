// SPDX-License-Identifier: Apache-2.0

// The documents for people who use it, in the order in which they help.
export const topics = ['start', 'hit', 'rollouts', 'concepts', 'lists', 'bulk', 'evidence', 'deciding', 'windows', 'plans', 'rehearsal', 'intake', 'waiting', 'import', 'phones', 'apple', 'existing-fleets', 'query', 'feeds', 'alarms', 'exceptions', 'sign-in', 'glossary', 'install', 'agent', 'sticks', 'keys', 'log', 'operations', 'backup', 'cli', 'configuration', 'api'] as const;
export type Topic = (typeof topics)[number];

const titles: Record<Topic, string> = {
  start: 'Start in ten minutes',
  hit: 'Are we hit by this one?',
  rollouts: 'Plan, stop and roll back',
  concepts: 'Concepts',
  deciding: 'Until when, and what first',
  windows: 'Windows and freezes',
  plans: 'Plans as files',
  rehearsal: 'Rehearse a rollout',
  intake: 'What a release has to show',
  waiting: 'Why a rollout waits',
  lists: 'Lists, views and CSV',
  bulk: 'Change many devices',
  evidence: 'Evidence for auditors',
  import: 'Bring in devices',
  phones: 'Phones and tablets',
  apple: 'iPhones and iPads without another MDM',
  'existing-fleets': 'Devices with another client',
  query: 'Query language',
  feeds: 'Where advisory data comes from',
  alarms: 'Alarms and channels',
  exceptions: 'Exceptions and own advisories',
  'sign-in': 'People and sign-in',
  glossary: 'Words',
  install: 'Install',
  agent: 'The agent on a device',
  sticks: 'Devices without a network',
  keys: 'Signing keys',
  log: 'The log of what was published',
  operations: 'Operations',
  backup: 'Backup and restore',
  cli: 'Command line',
  configuration: 'Configuration',
  api: 'REST interface',
};
export function titleOf(topic: Topic): string {
  return titles[topic];
}
export function topicOf(text: string | undefined): Topic | undefined {
  return topics.find((topic) => topic === text);
}

// Where a link of a document leads on this page; nothing: to a file that is not here, so its words stand alone.
export function linkOf(href: string): { topic: Topic; part: string } | { outside: string } | undefined {
  if (/^https:\/\//.test(href)) return { outside: href };
  const [path = '', part = ''] = href.split('#');
  const topic = topicOf(path.split('/').pop()?.replace(/\.md$/, ''));
  return topic && { topic, part };
}

// As documents link to their headings: "Upgrade, and back" is upgrade-and-back.
export function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-');
}

// What tests and tools read is not for people.
export function forPeople(markdown: string): string {
  return markdown.replace(/<!--[\s\S]*?-->\n*/g, '').replace(/^```sh \w+$/gm, '```sh');
}
