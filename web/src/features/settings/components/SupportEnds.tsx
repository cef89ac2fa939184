// SPDX-License-Identifier: Apache-2.0
// Until when makers mend what runs: what comes with Oakum, and a table of one's own whose rows win.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, put, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { counted, grouped } from '../../../shared/format';
import { Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { replacingSentence, rowsOf } from '../deadlines';
import { MakeSheet } from './Making';

export function SupportEnds() {
  const queries = useQueryClient();
  const may = useMay();
  const [replacing, setReplacing] = useState(false);
  const [rows, setRows] = useState<number | null>(null);
  const ends = useQuery({ queryKey: ['policies', 'support'], queryFn: ({ signal }) => get<Schema['SupportEndPage']>('/support-ends', { limit: 500 }, signal) });
  return (
    <section aria-labelledby="support-ends">
      <h2 id="support-ends">Until when makers mend things</h2>
      <p>Past it a device is unsupported: counted as that, never as clean, and nothing more is expected of its vendor. Rows of your own win.</p>
      {may('policy.edit') && (
        <div className="actions">
          <button onClick={() => setReplacing(true)}>Bring in a table</button>
        </div>
      )}
      <Shown query={ends} what="ends of support">
        {(page) => (
          <details>
            <summary>{counted(page.total ?? page.items.length, 'row')}, {grouped(page.items.filter((row) => row.past).length)} of them past</summary>
            <Table
              label="Ends of support"
              same={{ command: 'oakum support-end list', path: '/support-ends', parameters: { limit: 500 } }}
              rows={page.items}
              rowKey={(row) => `${row.of} ${row.name} ${row.branch} ${row.own} ${row.support_end}`}
              columns={[
                { title: 'Of', cell: (row) => row.of },
                { title: 'Name', cell: (row) => row.name },
                { title: 'Branch', cell: (row) => row.branch ?? 'all' },
                { title: 'Until', cell: (row) => (row.past ? `${row.support_end}, past` : row.support_end) },
                { title: 'Who says so', wide: true, cell: (row) => row.source },
                { title: 'Own', cell: (row) => (row.own ? 'yes' : '–') },
              ]}
            />
          </details>
        )}
      </Shown>
      {replacing && (
        <MakeSheet
          title="A table of ends of support"
          action="Use it"
          make={async (form) => {
            const file = form.get('table');
            await put<void>('/support-ends', { table: file instanceof File ? await file.text() : '' });
            await Promise.all(['policies', 'fixes'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
          }}
          close={() => {
            setReplacing(false);
            setRows(null);
          }}
        >
          <p>A CSV file with the columns of (model, system or component), name, branch, support_end and source. It replaces the table that was brought in before; an empty file takes it away.</p>
          <label>
            File
            <input name="table" type="file" required accept=".csv,text/csv" onChange={async (event) => setRows(event.target.files?.[0] ? rowsOf(await event.target.files[0].text()) : null)} />
          </label>
          {rows !== null && ends.data && (
            <p role="status" className="lead">
              {replacingSentence(rows, ends.data.items.filter((row) => row.own).length)}
            </p>
          )}
        </MakeSheet>
      )}
    </section>
  );
}
