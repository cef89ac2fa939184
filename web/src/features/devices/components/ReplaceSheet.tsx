// SPDX-License-Identifier: Apache-2.0
// A broken unit is swapped: which one takes its place, what passes to it and what does not; then it is done, or taken back.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { get, post, type Schema } from '../../../shared/api/client';
import { useSettled } from '../../../shared/settled';
import { Same } from '../../../shared/ui/same';
import { Sheet } from '../../../shared/ui/sheet';
import { Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { candidates, replaceCommand } from '../replacing';
import { EditDone } from './Edits';

type Device = Schema['Device'];
type Preview = Schema['ReplacementPreview'];

function Looked({ preview }: { preview: Preview }) {
  return (
    <>
      <p role="status" className="lead">
        {preview.sentence}
      </p>
      {preview.changes.length > 0 && (
        <Table
          label="What passes to the new device"
          rows={preview.changes}
          rowKey={(row) => row.key}
          columns={[
            { title: 'What', cell: (row) => row.key.replaceAll('_', ' ') },
            { title: 'New device has', cell: (row) => row.before ?? '–' },
            { title: 'Will have', wide: true, cell: (row) => row.after ?? '–' },
          ]}
        />
      )}
      {preview.decisions.length > 0 && (
        <ul aria-label="Exceptions">
          {preview.decisions.map((decision) => (
            <li key={decision.id}>
              {decision.sentence}: {decision.note}.
            </li>
          ))}
        </ul>
      )}
      {preview.notes.map((note) => (
        <p key={note} className="notice" role="note">
          {note}
        </p>
      ))}
      <p className="quiet">Serial, model, versions and the history stay with each device. It can be undone afterwards.</p>
    </>
  );
}

function Choose({ old, choose }: { old: Device; choose: (id: string) => void }) {
  const [text, setText] = useState('');
  const settled = useSettled(text.trim(), 200);
  const found = useQuery({
    queryKey: ['search', settled, 'replace'],
    enabled: settled.length > 1,
    queryFn: ({ signal }) => get<Schema['SearchResults']>('/search', { q: settled }, signal),
    placeholderData: (before) => before,
  });
  const shown = found.data && settled.length > 1 ? candidates(found.data.items, old.id) : [];
  return (
    <>
      <label>
        Serial, name or address of the new device
        <input type="search" autoFocus value={text} onChange={(event) => setText(event.target.value)} maxLength={128} autoComplete="off" spellCheck={false} />
      </label>
      <Refused error={found.error} />
      {settled.length > 1 && found.data && shown.length === 0 && <p role="status">No other device is called so. A new unit enrols first, or is imported.</p>}
      {shown.length > 0 && (
        <ul aria-label="Found devices">
          {shown.map((hit) => (
            <li key={hit.id}>
              <button className="inline" onClick={() => choose(hit.id)}>
                {hit.title}
              </button>{' '}
              <span className="quiet">{hit.detail}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Confirm({ old, by, done, other }: { old: Device; by: string; done: (edit: Schema['Edit']) => void; other: () => void }) {
  const queries = useQueryClient();
  const place = `/devices/${old.id}/actions/replace`;
  const look = useQuery({ queryKey: ['replacement', old.id, by], queryFn: () => post<Preview>(`${place}/preview`, { by }), retry: false, gcTime: 0 });
  const work = useMutation({
    mutationFn: (why: string) => post<Schema['Edit']>(place, { by, stamp: look.data!.stamp, why }),
    onSuccess: (edit) => {
      void Promise.all(['device', 'devices', 'edits', 'exceptions'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
      done(edit);
    },
    onError: () => void look.refetch(),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (look.data) work.mutate(String(new FormData(event.currentTarget).get('why')));
  };
  return (
    <>
      <Shown query={look} what="what would pass to it">
        {(preview) => <Looked preview={preview} />}
      </Shown>
      <Refused error={work.error} />
      <form onSubmit={submit}>
        <label>
          Why (for the audit log)
          <input name="why" required minLength={3} maxLength={500} autoComplete="off" autoFocus />
        </label>
        <div className="actions">
          <button className="danger" disabled={work.isPending || look.isFetching || !look.data}>
            Replace {old.name}
          </button>
          <button type="button" onClick={other}>
            Choose another device
          </button>
        </div>
      </form>
      <Same command={replaceCommand(old.id, by)} />
    </>
  );
}

export function ReplaceSheet({ device, close }: { device: Device; close: () => void }) {
  const [by, setBy] = useState<string | null>(null);
  const [edit, setEdit] = useState<Schema['Edit'] | null>(null);
  return (
    <Sheet title={`Replace ${device.name}`} close={close}>
      {edit ? (
        <EditDone edit={edit} />
      ) : (
        <>
          <p>Another unit takes its place: name, owner, site, tags, how critical and exposed it is, group, hold and exceptions pass to the new one, and {device.name} is retired.</p>
          {by ? <Confirm old={device} by={by} done={setEdit} other={() => setBy(null)} /> : <Choose old={device} choose={setBy} />}
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
