// SPDX-License-Identifier: Apache-2.0
// What can be asked of all devices of a list at once. Pure; tested as tables.
import type { Schema } from '../../shared/api/client';
import { option, word } from '../../shared/shell';

export type Request = Schema['BulkRequest'];
type Permission = Schema['Permission'];

// What a person chooses; "fact" is for those that are set.
export interface Choice {
  name: string;
  title: string;
  button: (devices: string) => string; // "Hold 950 devices"
  action: Request['action'];
  needs: Permission;
  fact?: string;
}
export const choices: Choice[] = [
  { name: 'owner', title: 'Set the owner', button: (devices) => `Set the owner of ${devices}`, action: 'set', fact: 'owner', needs: 'device.edit' },
  { name: 'site', title: 'Set the site', button: (devices) => `Set the site of ${devices}`, action: 'set', fact: 'site', needs: 'device.edit' },
  { name: 'criticality', title: 'Set how critical they are', button: (devices) => `Set how critical ${devices} are`, action: 'set', fact: 'criticality', needs: 'device.edit' },
  { name: 'exposure', title: 'Set how exposed they are', button: (devices) => `Set how exposed ${devices} are`, action: 'set', fact: 'exposure', needs: 'device.edit' },
  { name: 'tag', title: 'Set a tag', button: (devices) => `Tag ${devices}`, action: 'set', fact: 'tag.', needs: 'device.edit' },
  { name: 'group', title: 'Move to a group', button: (devices) => `Move ${devices}`, action: 'move', needs: 'device.edit' },
  { name: 'hold', title: 'Hold', button: (devices) => `Hold ${devices}`, action: 'hold', needs: 'device.operate' },
  { name: 'release', title: 'Release', button: (devices) => `Release ${devices}`, action: 'release', needs: 'device.operate' },
  { name: 're-enrol', title: 'Ask to enrol again', button: (devices) => `Ask ${devices} to enrol again`, action: 're-enrol', needs: 'device.revoke' },
  { name: 'retire', title: 'Retire', button: (devices) => `Retire ${devices}`, action: 'retire', needs: 'device.operate' },
];
export function choicesFor(may: (permission: Permission) => boolean): Choice[] {
  return choices.filter((choice) => may(choice.needs));
}

// The words that a fact may have, where it has its own.
export const values: Record<string, string[]> = { criticality: ['low', 'medium', 'high', 'critical'], exposure: ['isolated', 'internal', 'internet'] };

export interface Filled {
  choice: Choice;
  value: string; // of a fact: empty takes back what people stated
  tag: string;
  group: string; // an id; empty: no group
}

// Whom: what a query selects, or of that a part which no query names.
export type Whom = Pick<Request, 'query' | 'part' | 'fix'>;
export function whomOf(query: string | undefined, part: string | undefined, fix: string | undefined): Whom {
  return { query: query ?? '', ...(part && { part: part as Request['part'] }), ...(fix && { fix }) };
}

// What is sent, or nothing while something is missing.
export function requestOf(whom: Whom, { choice, value, tag, group }: Filled): Request | null {
  if (choice.action === 'move') return { ...whom, action: 'move', group: group || null };
  if (choice.action !== 'set') return { ...whom, action: choice.action };
  const key = choice.name === 'tag' ? `tag.${tag.trim()}` : choice.fact!;
  return key === 'tag.' ? null : { ...whom, action: 'set', facts: { [key]: value.trim() || null } };
}

// What is done to one device and can be taken back, as a request for just that device.
export function undoableAction(id: string, action: string): Request | null {
  return action === 'hold' || action === 'release' || action === 'retire' ? { query: `id = ${id}`, action } : null;
}

// What is marked as grave.
export function danger(choice: Choice): boolean {
  return choice.action === 'retire' || choice.action === 're-enrol';
}

// The same on the command line.
export function commandOf(request: Request): string {
  const begin = `oakum device bulk --query ${request.query ? word(request.query) : '""'}${option('part', request.part)}${option('fix', request.fix)}`;
  switch (request.action) {
    case 'set':
      return begin + Object.entries(request.facts ?? {}).map(([key, value]) => ` --fact ${word(`${key}=${value ?? ''}`)}`).join('');
    case 'move':
      return `${begin} --group ${request.group ?? '""'}`;
    default:
      return `${begin} --${request.action}`;
  }
}

export function goesOn(edit: Pick<Schema['Edit'], 'state'>): boolean {
  return edit.state === 'running' || edit.state === 'cancelling' || edit.state === 'undoing';
}
