// SPDX-License-Identifier: Apache-2.0
// The one policy that decides until when findings are fixed: which there are, what another would change today, and tables of one's own.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { get, post, put, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { counted, grouped } from '../../../shared/format';
import { RemoveSheet } from '../../../shared/ui/remove';
import { Sheet } from '../../../shared/ui/sheet';
import { Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { chosenDays, daysParameter, timeGiven } from '../deadlines';
import { MakeSheet } from './Making';

type Policy = Schema['DeadlinePolicy'];

function Rows({ policy }: { policy: Policy }) {
  return (
    <details>
      <summary>{counted(policy.rows.length, 'row')}</summary>
      <p className="quiet">{policy.source} The first row that holds decides; * stands for any answer.</p>
      <Table
        label={`Rows of ${policy.name}`}
        rows={policy.rows}
        rowKey={(row) => row.cells.join(' ') + row.outcome}
        columns={[
          ...policy.columns.map((column, i) => ({ title: column.replaceAll('_', ' '), cell: (row: Policy['rows'][number]) => row.cells[i] })),
          { title: 'Fix', cell: (row) => timeGiven(row) },
          { title: 'Called', cell: (row) => row.outcome },
        ]}
      />
    </details>
  );
}

// What it would change stands there before it can be put in force, and it is put in force as that was counted.
function UseSheet({ policy, close }: { policy: Policy; close: () => void }) {
  const queries = useQueryClient();
  const [days, setDays] = useState<Record<string, number>>({});
  const chosen = daysParameter(days);
  const preview = useQuery({
    queryKey: ['policies', 'change', policy.id, chosen],
    queryFn: ({ signal }) => get<Schema['DeadlinePreview']>(`/policies/deadlines/${policy.id}/change`, { days: chosen }, signal),
  });
  const use = useMutation({
    mutationFn: (form: FormData) => put<Schema['DeadlinePolicies']>('/policies/deadlines/in-use', { policy: policy.id, days, stamp: preview.data!.stamp, why: String(form.get('why')) }),
    onSuccess: async () => {
      await Promise.all([queries.invalidateQueries({ queryKey: ['policies'] }), queries.invalidateQueries({ queryKey: ['exposure'] }), queries.invalidateQueries({ queryKey: ['figures'] })]);
      close();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    use.mutate(new FormData(event.currentTarget));
  };
  return (
    <Sheet title={`Use ${policy.name}`} close={close} wide>
      <form onSubmit={submit} onChange={(event) => setDays(chosenDays(policy.outcomes, new FormData(event.currentTarget)))}>
        {policy.outcomes
          .filter((outcome) => outcome.adjustable)
          .map((outcome) => (
            <label key={outcome.name}>
              Days for {outcome.name}
              <input name={`days ${outcome.name}`} type="number" min={1} max={3650} defaultValue={outcome.days ?? ''} placeholder={outcome.days === null ? 'with the next upgrade' : undefined} />
            </label>
          ))}
        <Shown query={preview} what="what it would change">
          {(change) => (
            <>
              <p className="lead" role="status">
                {change.sentence}
              </p>
              <Table
                label="Open findings by the time that they are given"
                rows={change.rows}
                rowKey={(row) => `${row.days} ${row.forensic_triage}`}
                columns={[
                  { title: 'Fix', cell: (row) => timeGiven(row) },
                  { title: 'Today', numeric: true, cell: (row) => grouped(row.before) },
                  { title: 'Then', numeric: true, cell: (row) => grouped(row.after) },
                ]}
              />
            </>
          )}
        </Shown>
        <label>
          Why (for the audit log)
          <input name="why" required minLength={3} maxLength={500} autoComplete="off" />
        </label>
        <div className="actions">
          <button className="primary" disabled={use.isPending || !preview.data}>
            Use it
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
      <Refused error={use.error} />
    </Sheet>
  );
}

export function Deadlines() {
  const queries = useQueryClient();
  const may = useMay();
  const [using, setUsing] = useState<Policy | null>(null);
  const [adding, setAdding] = useState(false);
  const policies = useQuery({ queryKey: ['policies', 'deadlines'], queryFn: ({ signal }) => get<Schema['DeadlinePolicies']>('/policies/deadlines', {}, signal) });
  const refresh = () => queries.invalidateQueries({ queryKey: ['policies'] });
  const [removing, setRemoving] = useState<Policy | null>(null);
  // What a file would change, before it is added.
  const test = useMutation({ mutationFn: async (file: File) => post<Schema['DeadlinePreview']>('/policies/deadlines/test', { name: file.name.slice(0, 60), table: await file.text() }) });
  const edits = may('policy.edit');
  return (
    <section aria-labelledby="deadlines">
      <h2 id="deadlines">Deadlines</h2>
      <p>One policy decides until when what is open has to be fixed. The due date in the list of what is exploited counts where it is earlier.</p>
      {edits && (
        <div className="actions">
          <button
            onClick={() => {
              test.reset();
              setAdding(true);
            }}
          >
            Add a table of your own
          </button>
        </div>
      )}
      <Shown query={policies} what="policies">
        {(all) => (
          <>
            <Table
              label="Policies of deadlines"
              same={{ command: 'oakum policy list', path: '/policies/deadlines', parameters: {} }}
              rows={all.policies}
              rowKey={(row) => row.id}
              columns={[
                { title: 'Policy', wide: true, cell: (row) => row.name },
                { title: 'In use', cell: (row) => (row.in_use ? <span className="badge tone-good">✓ in use</span> : '–') },
                { title: 'Asks about', wide: true, cell: (row) => row.columns.map((column) => column.replaceAll('_', ' ')).join(', ') || 'nothing' },
                { title: 'Rows', wide: true, cell: (row) => <Rows policy={row} /> },
                { title: 'Added by', cell: (row) => row.added_by ?? 'comes with Oakum' },
                ...(edits
                  ? [
                      {
                        title: '',
                        cell: (row: Policy) => (
                          <div className="actions">
                            {(!row.in_use || row.outcomes.some((outcome) => outcome.adjustable)) && (
                              <button onClick={() => setUsing(row)} aria-label={`Use ${row.name} …`}>
                                {row.in_use ? 'Change …' : 'Use …'}
                              </button>
                            )}
                            {row.own && !row.in_use && (
                              <button onClick={() => setRemoving(row)} aria-label={`Remove ${row.name}`}>
                                Remove …
                              </button>
                            )}
                          </div>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
            {all.uses[0] && (
              <p className="quiet">
                In use since <When at={all.uses[0].from} />, by {all.uses[0].by}{all.uses[0].why && `: ${all.uses[0].why}`}.
              </p>
            )}
          </>
        )}
      </Shown>
      {removing && (
        <RemoveSheet name={removing.name} path={`/policies/deadlines/${removing.id}`} refresh="policies" close={() => setRemoving(null)}>
          <p>Its table of {counted(removing.rows.length, 'row')} is gone; it is not in use, so no deadline moves. To have it again, add its file again.</p>
        </RemoveSheet>
      )}
      {using && <UseSheet policy={using} close={() => setUsing(null)} />}
      {adding && (
        <MakeSheet
          title="A table of your own"
          action="Add it"
          make={async (form) => {
            const file = form.get('table');
            test.reset(); // what is wrong is said once
            await post<Policy>('/policies/deadlines', { name: String(form.get('name')), table: file instanceof File ? await file.text() : '' });
            await refresh();
          }}
          close={() => setAdding(false)}
        >
          <p>A CSV file whose first row names what is asked about, and days. Keep one of those here to begin with: its rows as CSV. It decides nothing until you use it.</p>
          <label>
            Name
            <input name="name" required maxLength={60} autoFocus autoComplete="off" />
          </label>
          <label>
            File
            <input name="table" type="file" required accept=".csv,text/csv" onChange={(event) => event.target.files?.[0] && test.mutate(event.target.files[0])} />
          </label>
          {test.data && (
            <p role="status" className="lead">
              {test.data.sentence}
            </p>
          )}
          <Refused error={test.error} />
        </MakeSheet>
      )}
    </section>
  );
}
