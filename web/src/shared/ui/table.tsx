// SPDX-License-Identifier: Apache-2.0
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type ReactNode } from 'react';
import { getTable } from '../api/client';
import { csv } from '../csv';
import { anyOf } from '../query';
import { counted } from '../format';
import { save } from '../save';
import { ChangeDevices, useMayChange } from './changedevices';
import { Same, type SameAs } from './same';
import { Refused } from './states';

export interface Column<T> {
  title: string;
  cell: (row: T) => ReactNode;
  numeric?: boolean;
  wide?: boolean;
}

// Rows that are devices, or lead to them: chosen ones are changed together. A row without a query cannot be chosen.
export interface Choose<T> {
  name: (row: T) => string;
  query: (row: T) => string | undefined;
  all?: string; // the devices behind the whole list, where a query names them
}

// A plain, accessible table, which can be kept as CSV (a list of the server's whole, any other as it stands), and says where the same is to be had; scrolls inside itself where it is too wide. On a phone each row is a card that names its
// values: the roles are written out, since a table that is laid out otherwise loses them.
export function Table<T>({ label, columns: told, rows, rowKey, same, choose }: { label: string; columns: Column<T>[]; rows: T[]; rowKey: (row: T) => string; same?: SameAs; choose?: Choose<T> }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const mayChange = useMayChange();
  const choosing = choose !== undefined && mayChange && rows.some((row) => choose.query(row) !== undefined);
  const toggle = (key: string) => setChosen((before) => new Set(before.has(key) ? [...before].filter((each) => each !== key) : [...before, key]));
  const columns: Column<T>[] = !choosing
    ? told
    : [
        {
          title: 'Choose',
          cell: (row) => choose.query(row) !== undefined && <input type="checkbox" aria-label={`Choose ${choose.name(row)}`} checked={chosen.has(rowKey(row))} onChange={() => toggle(rowKey(row))} />,
        },
        ...told,
      ];
  const table = useRef<HTMLTableElement>(null);
  const shown = () => new Blob([csv([...table.current!.rows].map((row) => [...row.cells].slice(choosing ? 1 : 0).map((each) => each.innerText)))], { type: 'text/csv;charset=utf-8' });
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
      {choosing && <Chosen label={label} rows={rows.filter((row) => chosen.has(rowKey(row)))} choose={choose} none={() => setChosen(new Set())} />}
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

function Chosen<T>({ label, rows, choose, none }: { label: string; rows: T[]; choose: Choose<T>; none: () => void }) {
  const query = rows.length > 0 ? anyOf(rows.flatMap((row) => choose.query(row) ?? [])) : choose.all;
  return (
    <div className="actions chosen" role="group" aria-label={`Devices of ${label}`}>
      {rows.length > 0 ? (
        <>
          <span role="status">{counted(rows.length, 'row')} chosen.</span>
          {query === undefined ? <span className="quiet">They are too many to be named in one query: choose fewer.</span> : <ChangeDevices query={query}>Change their devices …</ChangeDevices>}
          <button onClick={none}>Choose none</button>
        </>
      ) : (
        query !== undefined && <ChangeDevices query={query}>Change the devices behind this list …</ChangeDevices>
      )}
    </div>
  );
}
