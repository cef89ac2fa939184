// SPDX-License-Identifier: Apache-2.0
// Whether deadlines were kept, by group, by the policy that was in force.
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { get, type Schema } from '../../../shared/api/client';
import { grouped, percent } from '../../../shared/format';
import { useScope } from '../../../shared/scope';
import { option } from '../../../shared/shell';
import { Count } from '../../../shared/ui/count';
import { Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { deadlinesSentence } from '../model';
import { stateWords, type Standing } from '../holes';

export function Deadlines() {
  const { query, as_of: asOf } = useSearch({ strict: false }) as { query?: string; as_of?: string };
  const within = useScope().narrow(query);
  const record = useQuery({
    queryKey: ['exposure', 'deadlines', within, asOf],
    queryFn: ({ signal }) => get<Schema['DeadlineRecord']>('/proof/deadlines', { query: within, as_of: asOf }, signal),
    staleTime: 60_000,
  });
  const figure = (row: Schema['DeadlineRecord']['rows'][number], state: Standing, n: number) => (
    <Count to="/holes" n={n} query={query} search={{ state, group: row.group?.id, as_of: asOf }} label={`${grouped(n)} ${stateWords(state)}, ${row.group?.name ?? 'all of these devices'}`} />
  );
  return (
    <section aria-labelledby="kept">
      <h2 id="kept">Deadlines kept</h2>
      <Shown query={record} what="deadlines">
        {(data) => (
          <>
            <p className="lead">{deadlinesSentence(data)}</p>
            <Table
              label="Deadlines by group"
              same={{ command: `oakum report deadlines${option('query', within)}${option('as-of', asOf)}`, path: '/proof/deadlines', parameters: { query: within, as_of: asOf } }}
              rows={data.rows}
              rowKey={(row) => row.group?.id ?? ''}
              columns={[
                { title: 'Group', wide: true, cell: (row) => row.group?.name ?? 'all of these devices' },
                { title: 'Kept', numeric: true, cell: (row) => figure(row, 'kept', row.kept) },
                { title: 'Kept late', numeric: true, cell: (row) => figure(row, 'kept_late', row.kept_late) },
                { title: 'Overdue', numeric: true, cell: (row) => figure(row, 'overdue', row.overdue) },
                { title: 'Excepted', numeric: true, cell: (row) => figure(row, 'excepted', row.excepted) },
                { title: 'Kept in time', numeric: true, cell: (row) => percent(row.kept, row.kept + row.kept_late + row.overdue) },
                { title: 'Not due yet', numeric: true, cell: (row) => figure(row, 'not_due', row.not_due) },
                { title: 'With the next upgrade', numeric: true, cell: (row) => figure(row, 'without_deadline', row.without_deadline) },
              ]}
            />
            <p className="quiet">{data.definition}</p>
          </>
        )}
      </Shown>
    </section>
  );
}
