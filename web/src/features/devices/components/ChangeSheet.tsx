// SPDX-License-Identifier: Apache-2.0
// What people state of one device: whose it is, where, how critical and exposed, its tags and its group.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { patch, type Schema } from '../../../shared/api/client';
import { useGroups } from '../../../shared/api/every';
import { Sheet } from '../../../shared/ui/sheet';
import { Refused, Shown } from '../../../shared/ui/states';
import { values } from '../bulk';
import { deviceChange, stated, tagsOf, valueOf } from '../model';

type DeviceView = Schema['Device'];

function GroupChoice({ device }: { device: DeviceView }) {
  return (
    <Shown query={useGroups()} what="groups">
      {(all) => {
        const byHand = all.items.filter((group) => group.query === null || group.id === device.group?.id);
        const here = device.group && !byHand.some((group) => group.id === device.group!.id) ? [device.group, ...byHand] : byHand;
        return (
          <label>
            Group{all.more && ' (not all of them stand here)'}
            <select name="group" defaultValue={device.group?.id ?? ''}>
              <option value="">none</option>
              {here.map((group) => (
                <option key={group.id} value={group.id}>
                  {group.name}
                </option>
              ))}
            </select>
          </label>
        );
      }}
    </Shown>
  );
}

export function ChangeSheet({ device, close }: { device: DeviceView; close: () => void }) {
  const queries = useQueryClient();
  const [same, setSame] = useState(false);
  const work = useMutation({
    mutationFn: (body: Schema['DevicePatch']) => patch<DeviceView>(`/devices/${device.id}`, body),
    onSuccess: async () => {
      await Promise.all(['device', 'devices', 'exposure', 'groups'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
      close();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const change = deviceChange(device, form);
    setSame(change === null);
    if (change) work.mutate({ ...change, why: String(form.get('why')) });
  };
  const value = (key: string, words: string[] | undefined) =>
    words ? (
      <select name={key} defaultValue={valueOf(device, key)}>
        <option value="">not stated</option>
        {words.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    ) : (
      <input name={key} maxLength={512} autoComplete="off" defaultValue={valueOf(device, key)} />
    );
  const titles = { owner: 'Owner', site: 'Site', criticality: 'How critical it is', exposure: 'How exposed it is' };
  return (
    <Sheet title={`Change ${device.name}`} close={close}>
      <form onSubmit={submit}>
        <p>What people state counts before what its group says. Emptied, it is taken back. Its deadlines move with how exposed and critical it is.</p>
        {stated.map((key) => (
          <label key={key}>
            {titles[key]}
            {value(key, values[key])}
          </label>
        ))}
        {tagsOf(device).map((key) => (
          <label key={key}>
            Tag {key.slice(4)}
            {value(key, undefined)}
          </label>
        ))}
        <label>
          New tag: its name
          <input name="new tag" maxLength={64} autoComplete="off" spellCheck={false} />
        </label>
        <label>
          New tag: its value
          <input name="new value" maxLength={512} autoComplete="off" />
        </label>
        <GroupChoice device={device} />
        <label>
          Why (for the audit log)
          <input name="why" required minLength={3} maxLength={500} autoComplete="off" />
        </label>
        <div className="actions">
          <button className="primary" disabled={work.isPending}>
            Change it
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
      {same && <p role="status">Nothing is different from what stands there.</p>}
      <Refused error={work.error} />
    </Sheet>
  );
}
