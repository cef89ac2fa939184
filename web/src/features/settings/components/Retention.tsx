// SPDX-License-Identifier: Apache-2.0
// How long things are kept: what is set, what another period would remove, and setting it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { get, patch, post, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { grouped } from '../../../shared/format';
import { Same } from '../../../shared/ui/same';
import { Sheet } from '../../../shared/ui/sheet';
import { Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { boundsWords, changesOf, keptWords, retentionCommand, type Kind } from '../retention';

type Change = Schema['RetentionChange'];

function ChangeSheet({ kinds, close }: { kinds: Kind[]; close: () => void }) {
  const queries = useQueryClient();
  const [changes, setChanges] = useState<Change['days']>({});
  const look = useMutation({ mutationFn: (days: Change['days']) => post<Schema['RetentionPreview']>('/retention/preview', { days }) });
  const set = useMutation({
    mutationFn: (body: Change) => patch<Schema['Retention']>('/retention', body),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['retention'] });
      close();
    },
  });
  const read = (form: FormData) => changesOf(kinds, Object.fromEntries([...form.entries()].map(([name, value]) => [name, String(value)])));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const wanted = read(form);
    // What is set is what was looked at.
    if (look.data && JSON.stringify(wanted) === JSON.stringify(changes)) return set.mutate({ days: wanted, why: String(form.get('why')) });
    setChanges(wanted);
    set.reset();
    look.mutate(wanted);
  };
  return (
    <Sheet title="Keep things for another time" close={close} wide>
      <p>Days; empty is for ever, where that can be. What goes does not come back, but from a backup.</p>
      <form onSubmit={submit} onChange={(event) => (event.target as EventTarget as HTMLInputElement).name !== 'why' && look.reset()}>
        {kinds.map((kind, i) => (
          <label key={kind.kind}>
            {kind.kind}: {kind.what} ({boundsWords(kind)})
            <input name={kind.kind} type="number" min={kind.least} max={kind.most} required={!kind.for_ever} defaultValue={kind.days ?? ''} placeholder={kind.for_ever ? 'for ever' : undefined} autoFocus={i === 0} autoComplete="off" />
          </label>
        ))}
        {look.data && (
          <>
            <p role="status" className="lead">
              {look.data.sentence}
            </p>
            <ul aria-label="What would go">
              {look.data.kinds
                .filter((kind) => (kind.removes ?? 0) > 0)
                .map((kind) => (
                  <li key={kind.kind}>
                    {look.data.about ? 'about ' : ''}
                    {grouped(kind.removes ?? 0)} of {kind.kind}
                  </li>
                ))}
            </ul>
            <label>
              Why (for the audit log)
              <input name="why" required minLength={3} maxLength={500} autoComplete="off" />
            </label>
          </>
        )}
        <Refused error={look.error ?? set.error} />
        <div className="actions">
          <button className={look.data ? 'danger' : 'primary'} disabled={look.isPending || set.isPending}>
            {look.data ? 'Keep it so' : 'See what would go'}
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
      {look.data && <Same command={retentionCommand(changes)} />}
    </Sheet>
  );
}

export function Retention() {
  const may = useMay();
  const [changing, setChanging] = useState(false);
  const policy = useQuery({ queryKey: ['retention'], queryFn: ({ signal }) => get<Schema['Retention']>('/retention', {}, signal) });
  return (
    <section aria-labelledby="retention">
      <h2 id="retention">How long things are kept</h2>
      <p>What is older goes within a day, in small pieces; the audit log says so. When audit records go, a record in the same chain stands for them, so that the log can still be checked.</p>
      <Shown query={policy} what="how long things are kept">
        {(data) => (
          <>
            {may('policy.edit') && (
              <div className="actions">
                <button onClick={() => setChanging(true)}>Change …</button>
              </div>
            )}
            <Table
              label="Kept"
              same={{ command: 'oakum retention show', one: true, path: '/retention' }}
              rows={data.kinds}
              rowKey={(row) => row.kind}
              columns={[
                { title: 'Kind', cell: (row) => row.kind },
                { title: 'Kept', cell: (row) => keptWords(row.days) },
                { title: 'May be', cell: (row) => boundsWords(row) },
                { title: 'What', wide: true, cell: (row) => row.what },
              ]}
            />
            {changing && <ChangeSheet kinds={data.kinds} close={() => setChanging(false)} />}
          </>
        )}
      </Shown>
    </section>
  );
}
