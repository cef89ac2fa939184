// SPDX-License-Identifier: Apache-2.0
import { useMutation } from '@tanstack/react-query';
import { useRef, type ReactNode } from 'react';
import { getTable } from '../api/client';
import { csv } from '../csv';
import { save } from '../save';
import { Same, type SameAs } from './same';
import { Refused } from './states';

export interface Column<T> {
  title: string;
  cell: (row: T) => ReactNode;
  numeric?: boolean;
  wide?: boolean;
}

// A plain, accessible table, which can be kept as CSV (a list of the server's whole, any other as it stands), and says where the same is to be had; scrolls inside itself where it is too wide. On a phone each row is a card that names its
// values: the roles are written out, since a table that is laid out otherwise loses them.
export function Table<T>({ label, columns, rows, rowKey, same }: { label: string; columns: Column<T>[]; rows: T[]; rowKey: (row: T) => string; same?: SameAs }) {
  const table = useRef<HTMLTableElement>(null);
  const shown = () => new Blob([csv([...table.current!.rows].map((row) => [...row.cells].map((each) => each.innerText)))], { type: 'text/csv;charset=utf-8' });
  const keep = useMutation({
    mutationFn: async () => save(`${label.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.csv`, same?.path && !same.one ? await getTable(same.path, same.parameters) : shown()),
  });
  return (
    <>
      <div className="table" tabIndex={0} role="region" aria-label={label}>
        <table role="table" ref={table}>
          <thead role="rowgroup">
            <tr role="row">
              {columns.map((column) => (
                <th key={column.title} role="columnheader" scope="col" className={column.numeric ? 'number' : undefined}>
                  {column.title || <span className="unseen">Actions</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {rows.map((row) => (
              <tr key={rowKey(row)} role="row">
                {columns.map((column) => (
                  <td key={column.title} role="cell" data-label={column.title} className={[column.numeric ? 'number' : '', column.wide ? 'wide' : ''].join(' ').trim() || undefined}>
                    <div>{column.cell(row)}</div>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="kept">
        {same && <Same {...same} />}
        <button type="button" className="csv" onClick={() => keep.mutate()} disabled={keep.isPending} aria-label={`${label} as CSV`}>
          CSV
        </button>
        <Refused error={keep.error} />
      </div>
    </>
  );
}
