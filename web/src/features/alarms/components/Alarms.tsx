// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { get, post, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { addressOf, wholeFleet } from '../../../shared/address';
import { State } from '../../../shared/ui/badges';
import { Guide } from '../../../shared/ui/guide';
import { Sheet } from '../../../shared/ui/sheet';
import { Unscoped } from '../../../shared/ui/scoped';
import { Empty, Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { SavedViews } from '../../../shared/ui/savedviews';
import { When } from '../../../shared/ui/when';
import { concerns, empty, note, spans, tabOf, type Alarm, type Tab as Which } from '../model';

function MuteSheet({ alarm, done, close }: { alarm: Alarm; done: () => Promise<unknown>; close: () => void }) {
  const work = useMutation({
    mutationFn: (body: { hours: number; why: string }) => post<Alarm>(`/alarms/${alarm.id}/actions/mute`, body),
    onSuccess: async () => {
      await done();
      close();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    work.mutate({ hours: Number(form.get('hours')), why: String(form.get('why')) });
  };
  return (
    <Sheet title="Mute this alarm" close={close}>
      <p>{alarm.what}</p>
      <p>It is silent for everybody until then, here and on every channel, also when it gets worse. Afterwards it is open again if it is still so.</p>
      <form onSubmit={submit}>
        <label>
          For
          <select name="hours" defaultValue={24}>
            {spans.map((span) => (
              <option key={span.hours} value={span.hours}>
                {span.words}
              </option>
            ))}
          </select>
        </label>
        <label>
          Why (for the audit log)
          <input name="why" required minLength={3} maxLength={500} autoFocus autoComplete="off" />
        </label>
        <div className="actions">
          <button className="primary" disabled={work.isPending}>
            Mute
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
      <Refused error={work.error} />
    </Sheet>
  );
}

function List({ tab }: { tab: Which }) {
  const { cursor } = useSearch({ strict: false }) as { cursor?: string };
  const queries = useQueryClient();
  const may = useMay();
  const [muting, setMuting] = useState<Alarm | null>(null);
  const alarms = useQuery({ queryKey: ['alarms', tab, cursor], queryFn: ({ signal }) => get<Schema['AlarmPage']>('/alarms', { state: tab, cursor, limit: 50 }, signal), refetchInterval: 30_000 });
  const refresh = () => queries.invalidateQueries({ queryKey: ['alarms'] });
  const act = useMutation({ mutationFn: ({ id, action }: { id: string; action: 'acknowledge' | 'unmute' }) => post<Alarm>(`/alarms/${id}/actions/${action}`), onSuccess: refresh });
  return (
    <>
      <Refused error={act.error} />
      <Shown query={alarms} what="alarms">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={empty(tab)}>
              <p>{page.checked ? <>Last checked <When at={page.checked} />.</> : 'Not checked since the server was started; it looks each minute.'}</p>
            </Empty>
          ) : (
            <>
              <Table
                label={{ open: 'Open alarms', muted: 'Muted alarms', closed: 'Closed alarms' }[tab]}
                same={{ command: `oakum alarm list${tab === 'open' ? '' : ` --state ${tab}`}`, path: '/alarms', parameters: { state: tab, limit: 500 } }}
                rows={page.items}
                rowKey={(row) => row.id}
                columns={[
                  {
                    title: 'What',
                    wide: true,
                    cell: (row) => (
                      <>
                        {row.urgent && tab !== 'closed' && (
                          <>
                            <span className="badge severity-critical">
                              <span aria-hidden="true">▲</span> urgent
                            </span>{' '}
                          </>
                        )}
                        <Link {...wholeFleet(addressOf(row.page))}>{row.what}</Link>
                      </>
                    ),
                  },
                  { title: 'What to do', wide: true, cell: (row) => (tab === 'closed' ? 'Nothing: its cause is over.' : row.remedy) },
                  { title: 'Since', cell: (row) => <When at={row.opened} /> },
                  ...(tab === 'closed' ? [{ title: 'Closed', cell: (row: Alarm) => <When at={row.closed} /> }] : []),
                  ...(tab === 'muted' ? [{ title: 'Muted until', cell: (row: Alarm) => <When at={row.muted_until} /> }] : []),
                  { title: 'Concerns', cell: concerns },
                  {
                    title: 'State',
                    cell: (row) => (
                      <>
                        <State value={`alarm_${row.state}`} words={row.state} /> {note(row)}
                      </>
                    ),
                  },
                  ...(tab === 'closed' || !may('alarm.edit')
                    ? []
                    : [
                        {
                          title: '',
                          cell: (row: Alarm) => (
                            <div className="actions">
                              {row.state === 'open' && (
                                <button disabled={act.isPending} aria-label={`Acknowledge: ${row.what}`} onClick={() => act.mutate({ id: row.id, action: 'acknowledge' })}>
                                  Acknowledge
                                </button>
                              )}
                              {row.state === 'muted' ? (
                                <button disabled={act.isPending} aria-label={`Unmute: ${row.what}`} onClick={() => act.mutate({ id: row.id, action: 'unmute' })}>
                                  Unmute
                                </button>
                              ) : (
                                <button aria-label={`Mute: ${row.what}`} onClick={() => setMuting(row)}>
                                  Mute …
                                </button>
                              )}
                            </div>
                          ),
                        },
                      ]),
                ]}
              />
              {page.checked && (
                <p className="quiet">
                  Last checked <When at={page.checked} />.
                </p>
              )}
              {(cursor || page.next_cursor) && (
                <p className="actions">
                  {cursor && <Link to="/alarms" search={{ tab: tab === 'open' ? undefined : tab }}>First page</Link>}
                  {page.next_cursor && <Link to="/alarms" search={{ tab: tab === 'open' ? undefined : tab, cursor: page.next_cursor }}>Next page</Link>}
                </p>
              )}
            </>
          )
        }
      </Shown>
      {muting && <MuteSheet alarm={muting} done={refresh} close={() => setMuting(null)} />}
    </>
  );
}

export function Alarms() {
  const tab = tabOf((useSearch({ strict: false }) as { tab?: string }).tab);
  const navigate = useNavigate();
  return (
    <>
      <h1>Alarms</h1>
      <Unscoped what="alarms" />
      <p className="quiet"><Guide topic="alarms" words="What raises an alarm, and where it is sent" /></p>
      <SavedViews list="alarms" shown={{ tab: tab === 'open' ? undefined : tab }} />
      <Tabs selectedKey={tab} onSelectionChange={(key) => void navigate({ to: '/alarms', search: { tab: key === 'open' ? undefined : String(key) }, replace: true })}>
        <TabList aria-label="Alarms">
          <Tab id="open">Open</Tab>
          <Tab id="muted">Muted</Tab>
          <Tab id="closed">Closed</Tab>
        </TabList>
        <TabPanel id={tab}>
          <List tab={tab} />
        </TabPanel>
      </Tabs>
    </>
  );
}
