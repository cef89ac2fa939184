// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { bodyOf, changeWords, coversWords, dayIn, decidedParts } from './decisions';

function form(values: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
}

test('a sheet sends what its kind asks for and nothing that was left empty', () => {
  expect(bodyOf(form({ kind: 'accept', advisory: 'CVE-2026-1', component: '', reason: ' off ', expires: '2026-12-31', metric: 'MAV:A', justification: 'component_not_present', evidence: '' }))).toEqual({ kind: 'accept', advisory: 'CVE-2026-1', reason: 'off', expires: '2026-12-31' });
  expect(bodyOf(form({ kind: 'mitigate', advisory: 'CVE-2026-1', reason: 'off', metric: 'MAV:A', evidence: 'https://a\n\n b ' }))).toEqual({ kind: 'mitigate', advisory: 'CVE-2026-1', reason: 'off', metric: 'MAV:A', evidence: ['https://a', 'b'] });
  expect(bodyOf(form({ kind: 'not_affected', advisory: 'x', reason: 'r', justification: 'component_not_present' })).justification).toBe('component_not_present');
  expect(bodyOf(form({ kind: 'accept', advisory: 'CVE-2026-1', reason: 'r', group: '01jd' }), ['CVE-2026-2'])).toEqual({ kind: 'accept', advisory: 'CVE-2026-1', also: ['CVE-2026-2'], reason: 'r', group: '01jd' });
  expect(bodyOf(form({ kind: 'suppress', reason: 'r', below_score: '4' }))).toEqual({ kind: 'suppress', reason: 'r', below_score: 4 });
});

test('what is covered and what would change are sentences', () => {
  expect(coversWords({ devices: 0, findings: 0, exploited: 0 })).toBe('It covers nothing now.');
  expect(coversWords({ devices: 1, findings: 2, exploited: 1 })).toBe('It covers 2 findings on 1 device now, 1 of them known to be exploited.');
  const none = { exposed: 3, exploited: 1, overdue: 1, cannot_tell: 0, excepted: 0, findings_open: 3, risk: 10 };
  expect(changeWords({ before: none, after: none })).toBe('No figure would be different today.');
  expect(changeWords({ before: none, after: { ...none, exposed: 2, risk: 4 } })).toBe('Today that would make 2 devices exposed in place of 3; 6 points of risk less.');
});

test('what was decided is counted beside what is affected', () => {
  expect(decidedParts({ accepted: 0, mitigated: 0, suppressed: 0, stated_not_affected: 0 })).toBe('');
  expect(decidedParts({ accepted: 2, mitigated: 0, suppressed: 0, stated_not_affected: 1 })).toBe('2 accepted, 1 stated as not affected');
  expect(dayIn(1, Date.parse('2026-12-31T10:00:00Z'))).toBe('2027-01-01');
});
