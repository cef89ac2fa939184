// SPDX-License-Identifier: Apache-2.0
import { addressOf, wholeFleet } from '../../shared/address';
import { counted } from '../../shared/format';
import type { Schema } from '../../shared/api/client';

export type Exposure = Schema['Exposure'];

export interface Step {
  name: string;
  devices: number;
  those: { query?: string; part?: string }; // which devices those are
}

// Picture B: where devices are between "affected" and "verified", and the step at which most of them wait.
export function funnel(exposure: Exposure): { steps: Step[]; gap: string | null } {
  const { affected, fix_exists, approved, offered, installed, verified } = exposure.funnel;
  const steps = [
    { name: 'affected', devices: affected, those: { part: 'affected' } },
    { name: 'a fix exists', devices: fix_exists, those: { part: 'fix_exists' } },
    { name: 'in a rollout', devices: approved, those: { part: 'in_rollout' } },
    { name: 'offered', devices: offered, those: { query: 'deployment != none' } },
    { name: 'installed', devices: installed, those: { query: 'deployment in (installed, soaking, verified)' } },
    { name: 'verified', devices: verified, those: { query: 'deployment = verified' } },
  ];
  const waits = [
    'without a fix, here or at the vendor',
    'with a fix, in no rollout',
    'in a rollout, not yet offered the update',
    'with an offer that is not installed, or that fell back',
    'with an update installed, not yet verified',
  ];
  let gap: string | null = null;
  let widest = 0;
  for (let i = 1; i < steps.length; ++i) {
    const lost = steps[i - 1]!.devices - steps[i]!.devices;
    if (lost > widest) {
      widest = lost;
      gap = `Most wait here: ${counted(lost, 'device')} ${waits[i - 1]}.`;
    }
  }
  return { steps, gap };
}

// Exposed, cannot tell, and no known exposure are three different things; together they are all devices.
export function parts(exposure: Exposure) {
  const clean = Math.max(0, exposure.devices - exposure.exposed - exposure.cannot_tell);
  return [
    { label: 'exposed', value: exposure.exposed, tone: 'bad' as const, devices: { query: 'finding = *' } },
    { label: 'cannot tell', value: exposure.cannot_tell, tone: 'unknown' as const, devices: { query: 'cannot_tell' } },
    { label: 'no known exposure', value: clean, tone: 'good' as const, devices: { query: 'not finding = * and not cannot_tell' } },
  ];
}

export interface Need {
  key: string;
  sentence: string;
  action: string;
  to: string;
  params?: { id: string };
  search?: Record<string, string | undefined>;
}

// The states in which a rollout may wait for a person, most urgent first.
export const waitingStates = ['halted', 'awaiting_approval', 'running', 'paused', 'scheduled', 'draft'] as const;

// What all of it rests on. `more`: there are more than were looked at.
export interface Waiting {
  rollouts: { items: Schema['RolloutSummary'][]; more: boolean };
  alarms: { items: Schema['Alarm'][]; more: boolean };
  exceptions: { items: unknown[]; more: boolean }; // those asked for
  floors: { items: Pick<Schema['FloorPolicyView'], 'exceptions'>[]; more: boolean };
  drafts: { items: unknown[]; more: boolean }; // releases that wait for an approval
  system: Pick<Schema['System'], 'counts'>;
  me: Pick<Schema['Me'], 'password_set'>;
}

// What waits for a person, most urgent first.
export function needs({ rollouts, alarms, exceptions, floors, drafts, system, me }: Waiting): Need[] {
  const list: Need[] = [];
  const actions: Record<string, string> = { halted: 'Decide', awaiting_approval: 'Look and approve', running: 'Look and open the next wave', paused: 'Resume or end it', scheduled: 'Start it', draft: 'Look and start' };
  for (const state of waitingStates)
    for (const rollout of rollouts.items)
      if (rollout.state === state && (state !== 'running' || rollout.person_opens_next))
        list.push({ key: rollout.id, sentence: `${rollout.name}: ${rollout.sentence}`, action: actions[state]!, to: '/rollouts/$id', params: { id: rollout.id } });
  const asked = exceptions.items.length + floors.items.reduce((sum, floor) => sum + floor.exceptions.filter((row) => row.state === 'asked').length, 0);
  const least = exceptions.more || floors.more ? 'At least ' : '';
  if (asked > 0) list.push({ key: 'exceptions', sentence: `${least}${counted(asked, 'exception')} ${asked === 1 ? 'waits' : 'wait'} for approval.`, action: 'Look and approve', to: '/approvals' });
  if (drafts.items.length > 0)
    list.push({ key: 'releases', sentence: `${drafts.more ? 'At least ' : ''}${counted(drafts.items.length, 'release')} ${drafts.items.length === 1 ? 'waits' : 'wait'} for approval.`, action: 'Look and approve', to: '/approvals' });
  // What nobody looks after yet; rollouts stand above with their own words.
  for (const alarm of alarms.items)
    if (alarm.state === 'open' && alarm.kind !== 'rollout_waits') list.push({ key: alarm.id, sentence: alarm.what, action: 'Look into it', ...wholeFleet(addressOf(alarm.page)) });
  if (!me.password_set)
    list.push({ key: 'password', sentence: 'You have no password yet: without one you cannot sign in again.', action: 'Choose one', to: '/settings', search: { tab: 'you' } });
  if (system.counts.pending > 0)
    list.push({ key: 'pending', sentence: `${counted(system.counts.pending, 'device')} enrolled and ${system.counts.pending === 1 ? 'waits' : 'wait'} to be accepted.`, action: 'Look at them', to: '/devices', search: { query: 'lifecycle = pending' } });
  return list;
}

// Where more may wait than was looked at; an empty list means that nothing waits only where this is empty too.
export function unread({ rollouts, alarms, exceptions, floors, drafts }: Waiting): { to: string; words: string }[] {
  return [
    ...(rollouts.more ? [{ to: '/rollouts', words: 'more rollouts' }] : []),
    ...(alarms.more ? [{ to: '/alarms', words: 'more alarms' }] : []),
    ...(exceptions.more || floors.more ? [{ to: '/approvals', words: 'more exceptions' }] : []),
    ...(drafts.more ? [{ to: '/approvals', words: 'more releases' }] : []),
  ];
}

export function setupTitle(setup: Schema['System']['setup']): string {
  return `Set-up, ${setup.filter((step) => step.done).length} of ${setup.length}`;
}

type SetupStep = Schema['System']['setup'][number]['step'];
// Where a step of the set-up is done.
const setupActions: Record<SetupStep, { to: string; search?: Record<string, string>; words: string }> = {
  advisories: { to: '/settings', words: 'Sources' },
  devices: { to: '/welcome', words: 'Ways for devices to come in' },
  owners: { to: '/devices', search: { query: 'not exists(owner)' }, words: 'Devices without an owner' },
  exposure: { to: '/devices', search: { query: 'not exists(exposure)' }, words: 'Devices whose exposure nobody stated' },
  password: { to: '/settings', search: { tab: 'you' }, words: 'Choose a password' },
  second_user: { to: '/settings', search: { tab: 'people' }, words: 'People' },
  mail: { to: '/settings', search: { tab: 'channels' }, words: 'Channels' },
  backup: { to: '/settings', search: { tab: 'health' }, words: 'Backups' },
  offline_keys: { to: '/settings', search: { tab: 'keys' }, words: 'Keys' },
};
export function setupAction(step: SetupStep) {
  return setupActions[step];
}

// What each figure of the leader's page counts.
export const definitions: [string, string][] = [
  ['Open to something exploited', 'devices on which something is open that is known to be used in attacks now'],
  ['Overdue', 'devices with a hole whose deadline has passed; it runs from the later of its disclosure and the first sight of the device'],
  ['Verified', 'updates after which a device reported the new version itself and stayed healthy; installed alone does not count'],
  ['Cannot tell', 'devices whose software is not known, or of which the data does not say whether they are affected; never counted as safe'],
  ['Risk', 'points: the likelihood and effect of what is open on each device, weighed by how critical and how exposed it is, added up'],
];
