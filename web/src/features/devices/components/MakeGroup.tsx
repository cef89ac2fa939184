// SPDX-License-Identifier: Apache-2.0
// A group out of what a list shows: its members are what the query finds from then on.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { post, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { counted } from '../../../shared/format';
import { scopeOf } from '../../../shared/scope';
import { Sheet } from '../../../shared/ui/sheet';
import { Refused } from '../../../shared/ui/states';

export function MakeGroup({ query, count }: { query: string; count: number | undefined }) {
  const may = useMay();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const make = useMutation({
    mutationFn: (body: Schema['GroupNew']) => post<Schema['Group']>('/groups', body),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['groups'] });
      setOpen(false);
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const owner = String(form.get('owner')).trim();
    make.mutate({ name: String(form.get('name')).trim(), query, ...(owner ? { defaults: { owner } } : {}) });
  };
  if (!may('group.edit')) return null;
  return (
    <>
      <button onClick={() => setOpen(true)}>Make a group …</button>
      {make.data && (
        <span role="status">
          The group <Link to="/devices" search={{ scope: scopeOf('group', make.data.name) } as never}>{make.data.name}</Link> has {counted(make.data.devices, 'device')}.
        </span>
      )}
      {open && (
        <Sheet title="Make a group" close={() => setOpen(false)}>
          <p>
            Its members are the devices that match <code>{query}</code>
            {count !== undefined && `: ${counted(count, 'device')} now`}, and whoever matches later. A group's own query does not see what devices inherit from groups.
          </p>
          <form onSubmit={submit}>
            <label>
              Name
              <input name="name" required maxLength={128} autoFocus autoComplete="off" />
            </label>
            <label>
              Owner that its devices inherit (may be empty)
              <input name="owner" maxLength={128} autoComplete="off" />
            </label>
            <div className="actions">
              <button className="primary" disabled={make.isPending}>
                Make it
              </button>
              <button type="button" onClick={() => setOpen(false)}>
                Cancel
              </button>
            </div>
          </form>
          <Refused error={make.error} />
        </Sheet>
      )}
    </>
  );
}
