// SPDX-License-Identifier: Apache-2.0
// What was done to many devices at once, and how it is taken back.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get, post, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { State } from '../../../shared/ui/badges';
import { More, usePages } from '../../../shared/ui/pages';
import { Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { goesOn } from '../bulk';

type Edit = Schema['Edit'];

function useUndo() {
  const queries = useQueryClient();
  const refresh = () => Promise.all(['devices', 'device', 'edits', 'exposure', 'groups'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  const act = (action: 'undo' | 'cancel') => (id: string) => post<Edit>(`/edits/${id}/actions/${action}`);
  return { refresh, cancel: useMutation({ mutationFn: act('cancel'), onSuccess: refresh }), undo: useMutation({ mutationFn: act('undo'), onSuccess: refresh }) };
}

// A long one goes on after its answer: it is asked for until it has ended.
function useEdit(begun: Edit) {
  const { undo, cancel, refresh } = useUndo();
  const newest = undo.data ?? cancel.data ?? begun;
  const record = useQuery({
    queryKey: ['edits', newest.id, newest.state],
    enabled: goesOn(newest),
    queryFn: async ({ signal }) => {
      const edit = await get<Edit>(`/edits/${newest.id}`, {}, signal);
      if (!goesOn(edit)) void refresh();
      return edit;
    },
    refetchInterval: (query) => (query.state.data && !goesOn(query.state.data) ? false : 500),
  });
  return { edit: record.data ?? newest, undo, cancel };
}

export function EditDone({ edit: begun }: { edit: Edit }) {
  const { edit, undo, cancel } = useEdit(begun);
  const working = goesOn(edit) || undo.isPending;
  return (
    <>
      <p role="status" className="lead">
        {working ? (edit.state === 'undoing' || undo.isPending ? 'It is being taken back …' : 'Changing …') : edit.sentence}
      </p>
      {[...edit.reasons, ...edit.left].map((reason) => (
        <p key={reason}>{reason}</p>
      ))}
      <Refused error={undo.error ?? cancel.error} />
      {edit.state === 'running' && (
        <p>
          <button disabled={cancel.isPending} onClick={() => cancel.mutate(edit.id)}>
            Stop it
          </button>
        </p>
      )}
      {edit.undoable && !undo.data && (
        <p>
          <button disabled={working} onClick={() => undo.mutate(edit.id)}>
            Undo
          </button>
        </p>
      )}
      {!edit.undoable && edit.why_not && !working && edit.state !== 'undone' && <p className="quiet">It cannot be undone: {edit.why_not}.</p>}
    </>
  );
}

export function Edits() {
  const may = useMay();
  const { undo, cancel } = useUndo();
  const list = usePages<Edit>(['edits'], '/edits', {}, 50);
  return (
    <>
      <Refused error={undo.error ?? cancel.error} />
      <Shown query={list} what="what was changed at once">
        {(page) =>
          page.items.length === 0 ? (
            <p className="quiet">Nothing was imported or changed for many at once yet.</p>
          ) : (
            <>
            <Table
              label="Changes of many devices"
              same={{ command: 'oakum edit list', path: '/edits', parameters: { limit: 500 } }}
              rows={page.items}
              rowKey={(row) => row.id}
              columns={[
                { title: 'When', cell: (row) => <When at={row.at} /> },
                { title: 'What', wide: true, cell: (row) => row.name },
                { title: 'By', cell: (row) => row.actor },
                { title: 'State', cell: (row) => <State value={row.state} /> },
                { title: 'What it did', wide: true, cell: (row) => row.sentence },
                { title: 'Why', wide: true, cell: (row) => row.why || '–' },
                {
                  title: '',
                  cell: (row) =>
                    may('device.edit') && (
                      <>
                        {row.undoable && (
                          <button className="inline" disabled={undo.isPending} aria-label={`Undo ${row.name}`} onClick={() => undo.mutate(row.id)}>
                            Undo
                          </button>
                        )}
                        {row.state === 'running' && (
                          <button className="inline" disabled={cancel.isPending} aria-label={`Stop ${row.name}`} onClick={() => cancel.mutate(row.id)}>
                            Stop it
                          </button>
                        )}
                      </>
                    ),
                },
              ]}
            />
            <More list={list} what="changes" />
            </>
          )
        }
      </Shown>
    </>
  );
}

export function EditsPage() {
  return (
    <>
      <h1>Changes of many devices</h1>
      <p>Imports and bulk actions, newest first: what each did, and taking it back.</p>
      <Edits />
      <p>
        <Link to="/devices">All devices</Link>
      </p>
    </>
  );
}
