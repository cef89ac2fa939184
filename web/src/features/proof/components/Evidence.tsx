// SPDX-License-Identifier: Apache-2.0
// Evidence packs: a period and a part of the fleet in one signed archive, and how to check it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { get, post, target, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { bytes } from '../../../shared/format';
import { useScope } from '../../../shared/scope';
import { Scoped } from '../../../shared/ui/scoped';
import { Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { monthBefore } from '../model';

type Job = Schema['Job'];

// A job goes on by itself: it is asked for until it has ended.
function Gathering({ job: begun, done }: { job: Job; done: () => Promise<unknown> }) {
  const job = useQuery({
    queryKey: ['jobs', begun.id],
    queryFn: async ({ signal }) => {
      const now = await get<Job>(`/jobs/${begun.id}`, {}, signal);
      if (!['queued', 'running'].includes(now.state)) void done();
      return now;
    },
    initialData: begun,
    refetchInterval: (query) => (['queued', 'running'].includes(query.state.data?.state ?? '') ? 500 : false),
  });
  const { state, detail, done: through, total } = job.data;
  const goesOn = ['queued', 'running'].includes(state);
  return (
    <>
      <p role="status">{state === 'failed' ? `It was not made: ${detail}. Nothing was kept.` : state === 'cancelled' ? 'It was cancelled. Nothing was kept.' : `${detail}.`}</p>
      {goesOn && <progress aria-label="Gathered" value={through} max={total ?? undefined} />}
    </>
  );
}

export function Evidence() {
  const may = useMay();
  const queries = useQueryClient();
  const { scope } = useScope();
  const [begun, begin] = useState<Job | null>(null);
  const key = useQuery({ queryKey: ['evidence', 'key'], queryFn: ({ signal }) => get<Schema['EvidenceKey']>('/evidence-key', {}, signal), enabled: may('audit.read'), staleTime: Infinity });
  const packs = useQuery({ queryKey: ['evidence', 'list'], queryFn: ({ signal }) => get<Schema['EvidencePage']>('/evidence', { limit: 50 }, signal), enabled: may('audit.read') });
  const make = useMutation({ mutationFn: (body: Schema['EvidenceNew']) => post<Job>('/evidence', body), onSuccess: begin });
  const [from, to] = monthBefore(new Date());
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name));
    make.mutate({ standard: text('standard'), from: text('from'), to: text('to'), ...(scope ? { query: scope } : {}) });
  };
  if (!may('audit.read')) return null;
  return (
    <section aria-labelledby="evidence">
      <h2 id="evidence">Evidence pack</h2>
      <p>
        What a period came to, for somebody who checks: inventory, findings, how long holes stayed open, rollouts with their decisions, the audit log, and what each figure means. One archive, signed by this server. <Link to="/help" search={{ tab: 'evidence' }}>What is in it, and how to check it</Link>
      </p>
      <Scoped />
      <Shown query={key} what="the key">
        {(data) => (
          <>
            {may('backup.create') ? (
              <form className="querybar" onSubmit={submit}>
                <select name="standard" aria-label="For which standard">
                  {data.standards.map((standard) => (
                    <option key={standard.name} value={standard.name}>
                      {standard.title}
                    </option>
                  ))}
                </select>
                <label>
                  First day <input type="date" name="from" defaultValue={from} required />
                </label>
                <label>
                  Last day <input type="date" name="to" defaultValue={to} required />
                </label>
                <button className="primary" disabled={make.isPending}>
                  Make the pack
                </button>
              </form>
            ) : (
              <p className="quiet">An administrator can make one.</p>
            )}
            <Refused error={make.error} />
            {begun && <Gathering key={begun.id} job={begun} done={() => queries.invalidateQueries({ queryKey: ['evidence', 'list'] })} />}
            <Shown query={packs} what="evidence packs">
              {(page) =>
                page.items.length === 0 ? (
                  <p className="quiet">None was made yet.</p>
                ) : (
                  <Table
                    label="Evidence packs"
                    same={{ command: 'oakum evidence list', path: '/evidence', parameters: { limit: 500 } }}
                    rows={page.items}
                    rowKey={(row) => row.file}
                    columns={[
                      { title: 'Made', cell: (row) => <When at={row.made} /> },
                      { title: 'By', cell: (row) => row.made_by },
                      { title: 'For', cell: (row) => data.standards.find((standard) => standard.name === row.standard)?.title ?? row.standard },
                      { title: 'Period', cell: (row) => `${row.from.slice(0, 10)} to ${row.to.slice(0, 10)}` },
                      { title: 'Devices', cell: (row) => row.query ?? 'all' },
                      { title: 'Size', numeric: true, cell: (row) => bytes(row.bytes) },
                      { title: 'Not in it', wide: true, cell: (row) => row.left_out.join('; ') || 'all is in it' },
                      { title: 'Archive', wide: true, cell: (row) => <a href={target(`/evidence/${row.file}`)} download={row.file}>{row.file}</a> },
                    ]}
                  />
                )
              }
            </Shown>
            <p className="quiet">
              To check one anywhere: <code>oakum evidence verify FILE --key {data.id}</code>
            </p>
          </>
        )}
      </Shown>
    </section>
  );
}
