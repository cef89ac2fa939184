// SPDX-License-Identifier: Apache-2.0
// What a list shows, kept under a name: in the side list, in the URL, and on the command line.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { del, get, patch, post, type Schema } from '../api/client';
import { useMay } from '../api/me';
import { addressOfView, partsOf, viewsOf, whose, type Shown, type View, type ViewList } from '../views';
import { Sheet } from './sheet';
import { Refused } from './states';

export function useViews() {
  return useQuery({ queryKey: ['views'], queryFn: ({ signal }) => get<Schema['ViewPage']>('/views', { limit: 500 }, signal), staleTime: 60_000 });
}

// Below a page's name in the side list.
export function ViewLinks({ page }: { page: string }) {
  const views = viewsOf(useViews().data?.items ?? [], page);
  const { view: open } = useSearch({ strict: false }) as { view?: string };
  if (views.length === 0) return null;
  return (
    <ul className="views" aria-label={`Views of ${page.slice(1)}`}>
      {views.map((view) => (
        <li key={view.id}>
          <Link {...addressOfView(view)} title={whose(view)} activeOptions={{ exact: true }} aria-current={view.id === open ? 'true' : undefined}>
            {view.name}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function SaveSheet({ list, shown, present, close }: { list: ViewList; shown: Shown; present: View | undefined; close: () => void }) {
  const may = useMay();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const keeps = partsOf(list, shown);
  const done = async (view: View) => {
    await queries.invalidateQueries({ queryKey: ['views'] });
    close();
    void navigate({ ...addressOfView(view), replace: true });
  };
  const make = useMutation({
    mutationFn: (body: { name: string; shared: boolean }) => post<View>('/views', { list, ...body, ...keeps }),
    onSuccess: done,
  });
  const change = useMutation({
    mutationFn: (view: View) => patch<View>(`/views/${view.id}`, keeps, view.version),
    onSuccess: done,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    make.mutate({ name: String(form.get('name')).trim(), shared: form.get('shared') !== null });
  };
  return (
    <Sheet title="Save as view" close={close}>
      <p>Its query, order and columns are kept; what it finds is looked up each time.</p>
      {present && (
        <>
          <p>
            <button disabled={change.isPending} onClick={() => change.mutate(present)}>
              {`Keep this in "${present.name}"`}
            </button>
          </p>
          <p>Or as another one:</p>
        </>
      )}
      <form onSubmit={submit}>
        <label>
          Name
          <input name="name" required maxLength={64} autoFocus autoComplete="off" />
        </label>
        {may('device.edit') && (
          <label className="choice">
            <input type="checkbox" name="shared" /> Others see it too, each with the devices that they may see
          </label>
        )}
        <div className="actions">
          <button className="primary" disabled={make.isPending}>
            Save
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
      <Refused error={make.error ?? change.error} />
    </Sheet>
  );
}

export function SavedViews({ list, shown }: { list: ViewList; shown: Shown }) {
  const { view: open } = useSearch({ strict: false }) as { view?: string };
  const views = useViews().data?.items ?? [];
  const present = views.find((view) => view.id === open && view.list === list);
  const may = useMay();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [saving, setSaving] = useState(false);
  const remove = useMutation({
    mutationFn: (view: View) => del<undefined>(`/views/${view.id}`),
    onSuccess: async (_, view) => {
      await queries.invalidateQueries({ queryKey: ['views'] });
      void navigate({ to: addressOfView(view).to, search: (before: object) => ({ ...before, view: undefined }) as never, replace: true });
    },
  });
  const changeable = present && (present.mine || may('device.edit'));
  return (
    <div className="actions">
      {present && (
        <span>
          View <strong>{present.name}</strong> <span className="quiet">({whose(present)})</span>
        </span>
      )}
      <button type="button" onClick={() => setSaving(true)}>
        Save as view …
      </button>
      {changeable && (
        <button type="button" disabled={remove.isPending} onClick={() => remove.mutate(present)} aria-label={`Remove the view ${present.name}`}>
          Remove the view
        </button>
      )}
      <Refused error={remove.error} />
      {saving && <SaveSheet list={list} shown={shown} present={changeable ? present : undefined} close={() => setSaving(false)} />}
    </div>
  );
}
