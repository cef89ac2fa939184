// SPDX-License-Identifier: Apache-2.0
// One sheet for a file of devices: choose it, see what each column was taken for and what would change, import, undo.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState, type DragEvent } from 'react';
import { get, post, postFile, type Schema } from '../../../shared/api/client';
import { Sheet } from '../../../shared/ui/sheet';
import { Empty, Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { changesText, choices, columnsParameter, countsText, howText, throughOf, typeOf, underWay, type Chosen, type Result } from '../imports';

interface Wish {
  file: File;
  chosen: Chosen;
  persons: boolean;
  dates: string;
}

async function send({ file, chosen, persons, dates }: Wish, dryRun: boolean, signal?: AbortSignal): Promise<Result> {
  const parameters = { dry_run: dryRun || undefined, name: file.name, columns: columnsParameter(chosen), persons: persons || undefined, dates, wait: 1 };
  return postFile<Result>('/devices/import', parameters, file, await typeOf(file), signal);
}

function Columns({ result, choose }: { result: Result; choose: (head: string, meaning: string) => void }) {
  const columns = result.mapping.filter((column) => column.column !== '');
  if (columns.length === 0) return null;
  return (
    <Table
      label="Columns"
      rows={columns}
      rowKey={(column) => column.column}
      columns={[
        { title: 'Column', cell: (column) => column.column },
        {
          title: 'Is taken for',
          cell: (column) => (
            <select aria-label={`Meaning of ${column.column}`} value={column.fact ?? ''} onChange={(event) => choose(column.column, event.target.value)}>
              {choices(column).map(({ value, title }) => (
                <option key={value} value={value}>
                  {title}
                </option>
              ))}
            </select>
          ),
        },
        { title: 'How', cell: (column) => (column.how === 'left_out' && column.person ? 'left out: about a person' : howText[column.how]) },
      ]}
    />
  );
}

function Rows({ result }: { result: Result }) {
  const some = result.rows.filter((row) => row.outcome === 'new' || row.outcome === 'changed');
  const refused = result.rows.filter((row) => row.outcome === 'refused');
  return (
    <>
      {some.length > 0 && (
        <>
          <h3>Some of what {result.dry_run ? 'changes' : 'changed'}</h3>
          <Table
            label="What changes"
            rows={some}
            rowKey={(row) => `${row.line} ${row.outcome}`}
            columns={[
              { title: 'Line', numeric: true, cell: (row) => row.line },
              { title: 'Is', cell: (row) => row.outcome },
              { title: 'Found by', cell: (row) => (row.device && row.outcome === 'changed' ? <Link to="/devices/$id" params={{ id: row.device }}>{row.by}</Link> : row.by) },
              { title: 'Changes', wide: true, cell: (row) => changesText(row.changes) },
            ]}
          />
        </>
      )}
      {refused.length > 0 && (
        <>
          <h3>Refused{result.refused > refused.length ? `: the first ${refused.length}` : ''}</h3>
          <Table
            label="Refused lines"
            rows={refused}
            rowKey={(row) => String(row.line)}
            columns={[
              { title: 'Line', numeric: true, cell: (row) => row.line },
              { title: 'Because', wide: true, cell: (row) => row.reason },
            ]}
          />
        </>
      )}
    </>
  );
}

function Preview({ file, close, another }: { file: File; close: () => void; another: () => void }) {
  const [chosen, setChosen] = useState<Chosen>({});
  const [persons, setPersons] = useState(false);
  const [dates, setDates] = useState('');
  const client = useQueryClient();
  const wish = { file, chosen, persons, dates };
  const look = useQuery({
    queryKey: ['import', file.name, file.size, file.lastModified, chosen, persons, dates],
    queryFn: ({ signal }) => send(wish, true, signal),
    placeholderData: (before) => before,
    retry: false,
    staleTime: Infinity,
  });
  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: ['devices'] }), client.invalidateQueries({ queryKey: ['edits'] }), client.invalidateQueries({ queryKey: ['exposure'] })]);
  const work = useMutation({ mutationFn: () => send(wish, false), onSuccess: refresh });
  const undo = useMutation({ mutationFn: (id: string) => post<Schema['Edit']>(`/edits/${id}/actions/undo`), onSuccess: refresh });
  const cancel = useMutation({ mutationFn: (id: string) => post<Schema['Edit']>(`/edits/${id}/actions/cancel`), onSuccess: refresh });
  // A long one goes on after its answer: its record tells how.
  const id = work.data?.edit;
  const record = useQuery({
    queryKey: ['edits', id],
    queryFn: ({ signal }) => get<Schema['Edit']>(`/edits/${id}`, {}, signal),
    enabled: !!id && (work.data!.running || undo.data?.state === 'undoing'),
    refetchInterval: (query) => (query.state.data && !underWay(query.state.data.state) ? false : 500),
  });
  const edit = record.data ?? undo.data;
  const goesOn = undo.isPending || (edit ? underWay(edit.state) : !!work.data?.running);
  const ended = !!edit && !goesOn;
  useEffect(() => {
    if (ended) void refresh();
    // Once, when it ends.
  }, [ended]);
  if (work.data)
    return (
      <>
        <p role="status" className="lead">
          {goesOn ? (undo.data || undo.isPending ? 'It is being taken back …' : 'Importing …') : (edit?.sentence ?? countsText(work.data))}
        </p>
        {goesOn && edit && edit.state === 'running' && <progress aria-label="Imported" value={throughOf(edit)} max={edit.total || undefined} />}
        {!goesOn && edit?.reasons.map((reason) => <p key={reason}>{reason}</p>)}
        {!undo.data && !record.data && <Rows result={work.data} />}
        <p>
          <Link to="/devices" search={work.data.form === 'table' ? {} : { query: 'lifecycle = unmanaged' }} onClick={close}>
            {work.data.form === 'table' ? 'All devices' : 'All unmanaged devices'}
          </Link>
        </p>
        <div className="actions">
          <button className="primary" onClick={close}>
            Close
          </button>
          {goesOn && id && edit?.state === 'running' && (
            <button disabled={cancel.isPending} onClick={() => cancel.mutate(id)}>
              Stop it
            </button>
          )}
          {!undo.data && id && (
            <button disabled={goesOn} onClick={() => undo.mutate(id)}>
              Undo
            </button>
          )}
          <button onClick={another}>Another file</button>
        </div>
        <Refused error={undo.error ?? cancel.error} />
      </>
    );
  return (
    <>
      <p>
        <strong>{file.name}</strong>
        {look.data?.system && `: an export of ${look.data.system}`}
      </p>
      <div className="actions">
        <label className="choice">
          <input type="checkbox" checked={persons} onChange={(event) => setPersons(event.target.checked)} />
          Take columns about persons too
        </label>
        <label className="choice">
          3/4/2026 means{' '}
          <select value={dates} onChange={(event) => setDates(event.target.value)}>
            <option value="">what the file shows</option>
            <option value="day_first">3 April</option>
            <option value="month_first">4 March</option>
          </select>
        </label>
      </div>
      <Shown query={look} what="what would change">
        {(result) =>
          result.lines === 0 ? (
            <Empty title="Nothing in it">
              <p>The file names columns and no device.</p>
              <p>
                <button onClick={another}>Another file</button>
              </p>
            </Empty>
          ) : (
            <>
              <p role="status" className="lead">
                {countsText(result)}
              </p>
              {result.notes.map((note) => (
                <p key={note} className="notice">
                  {note}
                </p>
              ))}
              <Columns result={result} choose={(head, meaning) => setChosen({ ...chosen, [head]: meaning === '' ? null : meaning })} />
              <Rows result={result} />
              <div className="actions">
                <button className="primary" disabled={work.isPending || look.isFetching || result.new + result.changed === 0} onClick={() => work.mutate()}>
                  {work.isPending ? 'Importing …' : 'Import'}
                </button>
                <button onClick={another}>Another file</button>
              </div>
              <Refused error={work.error} />
            </>
          )
        }
      </Shown>
    </>
  );
}

export function ImportSheet({ close }: { close: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer.files[0];
    if (dropped) setFile(dropped);
  };
  return (
    <Sheet title="Import devices" close={close} wide>
      {file ? (
        <Preview key={`${file.name} ${file.lastModified}`} file={file} close={close} another={() => setFile(null)} />
      ) : (
        <>
          <div
            className="drop"
            data-over={over || undefined}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={drop}
          >
            <label>
              Drop a file here, or choose one
              <input type="file" autoFocus onChange={(event) => setFile(event.target.files?.[0] ?? null)} />
            </label>
            <p className="quiet">A table from a spreadsheet (comma, semicolon or tab), an export of Microsoft Intune or Jamf Pro, a scan of nmap (-oX), or the leases of dnsmasq, ISC dhcpd or Kea. Nothing changes before you have seen what would.</p>
          </div>
          <p>
            <Link to="/edits" onClick={close}>Earlier imports, and taking them back</Link>
          </p>
          <div className="actions">
            <button onClick={close}>Close</button>
          </div>
        </>
      )}
    </Sheet>
  );
}
