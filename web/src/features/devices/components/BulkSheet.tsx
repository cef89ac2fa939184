// SPDX-License-Identifier: Apache-2.0
// One sheet for what is done to all devices of a list: how many, a sample, who is left out and why, what cannot be
// undone; then Undo.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { post, type Schema } from '../../../shared/api/client';
import { useGroups } from '../../../shared/api/every';
import { useMay } from '../../../shared/api/me';
import { counted, grouped } from '../../../shared/format';
import { useSettled } from '../../../shared/settled';
import { Same } from '../../../shared/ui/same';
import { Sheet } from '../../../shared/ui/sheet';
import { Refused, Shown } from '../../../shared/ui/states';
import { choicesFor, commandOf, danger, requestOf, values, type Filled, type Request, type Whom } from '../bulk';
import { partWords } from '../model';
import { EditDone } from './Edits';

type Preview = Schema['BulkPreview'];

function Names({ devices, count }: { devices: Schema['DeviceRef'][]; count: number }) {
  return (
    <>
      {devices.map((device, i) => (
        <span key={device.id}>
          {i > 0 && ', '}
          <Link to="/devices/$id" params={{ id: device.id }}>{device.name}</Link>
        </span>
      ))}
      {count > devices.length && ` and ${grouped(count - devices.length)} more`}
    </>
  );
}

function Looked({ preview }: { preview: Preview }) {
  return (
    <>
      <p role="status" className="lead">
        {preview.sentence}
      </p>
      {preview.sample.length > 0 && (
        <p>
          <Names devices={preview.sample} count={preview.changes} />
        </p>
      )}
      {preview.left_out.length + preview.unknown > 0 && (
        <>
          <h3>Left out</h3>
          <ul aria-label="Left out">
            {preview.left_out.map((row) => (
              <li key={row.reason}>
                {counted(row.count, 'device')}, {row.reason}: <Names devices={row.sample} count={row.count} />
              </li>
            ))}
            {preview.unknown > 0 && <li>{counted(preview.unknown, 'device')} of which the query cannot tell, since a fact is missing</li>}
          </ul>
        </>
      )}
      {preview.lasting.map((sentence) => (
        <p key={sentence} className="notice" role="note">
          {sentence}
        </p>
      ))}
      {preview.lasting.length === 0 && preview.changes > 0 && <p className="quiet">It can be undone afterwards.</p>}
    </>
  );
}

// The look before belongs to what is asked; what is done is bound to it by its stamp.
function Ask({ whom, filled, done }: { whom: Whom; filled: Filled; done: (edit: Schema['Edit']) => void }) {
  const queries = useQueryClient();
  const asked = JSON.stringify(requestOf(whom, filled));
  const settled = useSettled(asked, 300);
  const request = JSON.parse(settled) as Request | null;
  const look = useQuery({ queryKey: ['bulk', settled], enabled: request !== null, queryFn: () => post<Preview>('/devices/bulk/preview', request), retry: false, gcTime: 0 });
  const work = useMutation({
    mutationFn: (body: Request & { stamp: string; why: string }) => post<Schema['Edit']>('/devices/bulk', body),
    onSuccess: (edit) => {
      void queries.invalidateQueries({ queryKey: ['devices'] });
      done(edit);
    },
    onError: () => void look.refetch(), // the fleet may be another than it was
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (request && look.data && settled === asked) work.mutate({ ...request, stamp: look.data.stamp, why: String(new FormData(event.currentTarget).get('why')) });
  };
  if (!request) return <p className="quiet">Name the tag.</p>;
  return (
    <>
      <Shown query={look} what="whom it would change">
        {(preview) => <Looked preview={preview} />}
      </Shown>
      <Refused error={work.error} />
      <form onSubmit={submit}>
        <label>
          Why (for the audit log)
          <input name="why" required minLength={3} maxLength={500} autoComplete="off" />
        </label>
        <div className="actions">
          <button className={danger(filled.choice) ? 'danger' : 'primary'} disabled={work.isPending || look.isFetching || settled !== asked || !look.data?.changes}>
            {work.isPending ? 'Changing …' : filled.choice.button(look.data ? counted(look.data.changes, 'device') : '…')}
          </button>
        </div>
      </form>
      <Same command={commandOf(request)} />
    </>
  );
}

export function BulkSheet({ whom, close }: { whom: Whom; close: () => void }) {
  const offered = choicesFor(useMay());
  const [edit, setEdit] = useState<Schema['Edit'] | null>(null);
  const [filled, setFilled] = useState<Filled>({ choice: offered[0]!, value: '', tag: '', group: '' });
  const groups = useGroups();
  const { choice } = filled;
  const words = values[choice.name];
  const set = (change: Partial<Filled>) => setFilled({ ...filled, ...change });
  return (
    <Sheet title="Change all devices of this list" close={close}>
      {edit ? (
        <EditDone edit={edit} />
      ) : (
        <>
          <p>
            {whom.query ? (
              <>
                Those that match <code>{whom.query}</code>
              </>
            ) : (
              'The whole fleet'
            )}
            {whom.part && `, of them those ${partWords(whom.part)}`}
            {whom.fix && ', of them those that a row of Fixes counts'}.
          </p>
          <label>
            What to do
            <select autoFocus value={choice.name} onChange={(event) => set({ choice: offered.find((each) => each.name === event.target.value)!, value: '' })}>
              {offered.map((each) => (
                <option key={each.name} value={each.name}>
                  {each.title}
                </option>
              ))}
            </select>
          </label>
          {choice.name === 'tag' && (
            <label>
              Name of the tag
              <input value={filled.tag} onChange={(event) => set({ tag: event.target.value })} maxLength={64} autoComplete="off" spellCheck={false} />
            </label>
          )}
          {choice.action === 'set' && (
            <label>
              Value; empty takes back what people stated
              {words ? (
                <select value={filled.value} onChange={(event) => set({ value: event.target.value })}>
                  <option value=""></option>
                  {words.map((each) => (
                    <option key={each}>{each}</option>
                  ))}
                </select>
              ) : (
                <input value={filled.value} onChange={(event) => set({ value: event.target.value })} maxLength={512} autoComplete="off" />
              )}
            </label>
          )}
          {choice.action === 'move' && (
            <Shown query={groups} what="groups">
            {(all) => (
            <label>
              Group{all.more && ' (not all of them stand here)'}
              <select value={filled.group} onChange={(event) => set({ group: event.target.value })}>
                <option value="">none: out of the one that they are in</option>
                {all.items
                  .filter((group) => group.query === null)
                  .map((group) => (
                    <option key={group.id} value={group.id}>
                      {group.name}
                    </option>
                  ))}
              </select>
            </label>
            )}
            </Shown>
          )}
          {(choice.action !== 'move' || groups.data) && <Ask whom={whom} filled={filled} done={setEdit} />}
        </>
      )}
      <div className="actions">
        <button key={edit ? 'done' : 'ask'} autoFocus={edit !== null} onClick={close}>
          {edit ? 'Close' : 'Cancel'}
        </button>
      </div>
    </Sheet>
  );
}
