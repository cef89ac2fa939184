// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { columnsOver, momentsOf, momentWords, versionsOf } from './strip';

const at = (hour: number) => `2026-11-26T${String(hour).padStart(2, '0')}:00:00Z`;
const ms = (hour: number) => Date.parse(at(hour));
const changed = (hour: number, before: string, after: string, subject = 'running_version') => ({ at: at(hour), subject, before, after });

test.each([
  ['nothing is known', [], null, [['not known', 0, 10]]],
  ['it runs one version since it was seen', [], '1.4.2', [['1.4.2', 0, 10]]],
  ['it was first told later', [changed(2, '', '1.4.2')], '1.4.2', [['not known', 0, 2], ['1.4.2', 2, 10]]],
  ['newest first, as the server tells', [changed(6, '1.5.0', '1.4.2'), changed(4, '1.4.2', '1.5.0')], '1.4.2', [['1.4.2', 0, 4], ['1.5.0', 4, 6], ['1.4.2', 6, 10]]],
  ['its own word counts more than an import', [changed(0, '', '1.0', 'firmware_version'), changed(0, '', '1.1')], '1.1', [['1.1', 0, 10]]],
  ['a fact that did not change is no change', [changed(3, '1', '1', 'firmware_version'), changed(5, '1', '2', 'firmware_version')], '2', [['1', 0, 5], ['2', 5, 10]]],
])('%s', (_, events, running, ran) => expect(versionsOf(events, running, ms(0), ms(10)).map((each) => [each.version, (each.from - ms(0)) / 3_600_000, (each.to - ms(0)) / 3_600_000])).toEqual(ran));

const finding = (severity: string, first: number, closed: number | null, over: object = {}) => ({ severity, exploited: false, verdict: 'affected', first_seen: at(first), closed: closed === null ? null : at(closed), ...over }) as never;
const life = {
  events: [changed(0, '', '1.4.2'), changed(6, '1.4.2', '1.5.0')],
  findings: [finding('critical', 0, 6, { exploited: true }), finding('high', 2, null), finding('unknown', 2, null), finding('low', 0, null, { verdict: 'unknown' })],
  deployments: [{ offered_at: at(5), state: 'verified', state_at: at(7), release: { id: 'r', name: 'gateway', version: '1.5.0' } }] as never[],
  running: '1.5.0',
  since: ms(0),
  now: ms(10),
};

test('each moment says what ran, what was open and what happened; what cannot be told stands beside it', () => {
  const words = momentsOf(life).map((moment) => momentWords(moment, new Date(moment.at).toISOString().slice(11, 13)));
  expect(words).toEqual([
    '00: ran 1.4.2; 1 finding open, 1 exploited, 1 cannot be told.',
    '02: ran 1.4.2; 3 findings open, 1 exploited, 1 cannot be told.',
    '05: ran 1.4.2; 3 findings open, 1 exploited, 1 cannot be told. Gateway 1.5.0 was offered.',
    '06: ran 1.5.0; 2 findings open, 1 cannot be told.',
    '07: ran 1.5.0; 2 findings open, 1 cannot be told. Gateway 1.5.0 was verified.',
    '10: ran 1.5.0; 2 findings open, 1 cannot be told.',
  ]);
});

test('a picture in equal pieces loses nothing that happened', () => {
  const columns = columnsOver(momentsOf(life), 5);
  expect(columns.map((column) => column.open)).toEqual([3, 3, 2, 2, 2]);
  expect(columns.flatMap((column) => column.happened)).toEqual(['gateway 1.5.0 was offered', 'gateway 1.5.0 was verified']);
  expect(columns.at(-1)!.at).toBe(ms(10));
  expect(columns[1]!.by).toEqual({ critical: 1, high: 1, medium: 0, low: 0, 'not scored': 1, 'cannot tell': 1 });
  expect(columnsOver([], 5)).toEqual([]);
});

test('a device that was seen just now has one column', () => expect(columnsOver(momentsOf({ ...life, since: ms(10) }), 5)).toHaveLength(1));
test('nothing open is said so', () => expect(momentWords({ at: 0, version: '1', open: 0, exploited: 0, by: { 'cannot tell': 0 } as never, happened: [] }, 'x')).toBe('x: ran 1; nothing known was open.'));
