// SPDX-License-Identifier: Apache-2.0
// A group changed where it stands: its name, its query, and what its devices inherit.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { get, patch, type Schema } from '../../../shared/api/client';
import { counted } from '../../../shared/format';
import { useSettled } from '../../../shared/settled';
import { Sheet } from '../../../shared/ui/sheet';
import { Refused, Shown } from '../../../shared/ui/states';
import { groupChange, inherited } from '../model';

type Group = Schema['Group'];
const words: Record<string, string[]> = { criticality: ['low', 'medium', 'high', 'critical'], exposure: ['isolated', 'internal', 'internet'] };

function Fields({ group, close }: { group: Group; close: () => void }) {
  const queries = useQueryClient();
  const [query, setQuery] = useState(group.query ?? '');
  const [same, setSame] = useState(false);
  const asked = useSettled(query.trim(), 250);
  const count = useQuery({ queryKey: ['devices', 'preview', asked], enabled: group.query !== null && asked !== '', queryFn: ({ signal }) => get<Schema['QueryPreview']>('/query/preview', { query: asked }, signal) });
  const work = useMutation({
    mutationFn: (change: Schema['GroupPatch']) => patch<Group>(`/groups/${group.id}`, change),
    onSuccess: async () => {
      await Promise.all(['groups', 'group', 'figures', 'devices', 'device', 'exposure', 'fixes'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
      close();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const change = groupChange(group, new FormData(event.currentTarget));
    setSame(change === null);
    if (change) work.mutate(change);
  };
  return (
    <>
      <form onSubmit={submit}>
        <label>
          Name
          <input name="name" required maxLength={128} defaultValue={group.name} autoFocus autoComplete="off" />
        </label>
        {group.query === null ? (
          <p>Its {counted(group.devices, 'device')} are named one by one: on a device's page, or for many in the list of devices.</p>
        ) : (
          <>
            <label>
              Query: its members are what it finds
              <input name="query" required maxLength={4096} value={query} onChange={(event) => setQuery(event.target.value)} autoComplete="off" spellCheck={false} />
            </label>
            {count.data?.error && (
              <p role="alert" className="notice">
                {count.data.error.message}
              </p>
            )}
            {count.data && !count.data.error && (
              <p role="status">
                {counted(group.devices, 'device')} before, {counted(count.data.count, 'device')} with this query. Who sees only this group, sees those.
              </p>
            )}
          </>
        )}
        <fieldset>
          <legend>What its devices inherit, where nobody says otherwise</legend>
          {Object.entries(inherited).map(([key, title]) => (
            <label key={key}>
              {title}
              {words[key] ? (
                <select name={key} defaultValue={group.defaults[key] ?? ''}>
                  <option value="">nothing</option>
                  {words[key].map((each) => (
                    <option key={each}>{each}</option>
                  ))}
                </select>
              ) : (
                <input name={key} maxLength={512} defaultValue={group.defaults[key] ?? ''} autoComplete="off" />
              )}
            </label>
          ))}
        </fieldset>
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
    </>
  );
}

export function GroupSheet({ id, name, close }: { id: string; name: string; close: () => void }) {
  const group = useQuery({ queryKey: ['group', id], queryFn: ({ signal }) => get<Group>(`/groups/${id}`, {}, signal), staleTime: 0, gcTime: 0 });
  return (
    <Sheet title={`Change the group ${name}`} close={close}>
      <Shown query={group} what="the group">
        {(data) => <Fields key={id} group={data} close={close} />}
      </Shown>
    </Sheet>
  );
}
