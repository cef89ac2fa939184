// SPDX-License-Identifier: Apache-2.0
// Week by week: when windows are open and freezes hold, what comes due, and what rollouts do.
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { get, type Schema } from '../../../shared/api/client';
import { counted } from '../../../shared/format';
import { useScope } from '../../../shared/scope';
import { option } from '../../../shared/shell';
import { State } from '../../../shared/ui/badges';
import { Scoped } from '../../../shared/ui/scoped';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { dayOf, dueInWeek, inView, inWeek, mondayOf, spanOf, timesInWeek, weekOf, weeksFrom, weeksLater } from '../calendar';
import { Views } from './Views';

const SHOWN = 5;

function titleOf(week: string, now: Date): string {
  return `${week}${week === mondayOf(dayOf(now)) ? ' (now)' : ''}`;
}

// By each clock that devices go by; what the viewer's clock shows then.
function WindowsAndFreezes({ weeks, now }: { weeks: string[]; now: Date }) {
  const span = spanOf(weeks);
  const list = useQuery({ queryKey: ['schedules', 'dates', span.from], queryFn: ({ signal }) => get<Schema['ScheduleCalendar']>('/schedules/dates', span, signal) });
  return (
    <section aria-labelledby="windows-by-week">
      <h2 id="windows-by-week">Windows and freezes</h2>
      <Shown query={list} what="windows and freezes">
        {(calendar) =>
          calendar.items.length === 0 ? (
            <p className="quiet">
              None: devices may be changed at any time. <Link to="/windows">Windows, freezes and budgets</Link>
            </p>
          ) : (
            <Table
              label="Windows and freezes by week"
              same={{ command: `oakum calendar show --from ${span.from} --to ${span.to}`, path: '/schedules/dates', parameters: span, one: true }}
              rows={calendar.items}
              rowKey={(row) => `${row.name} ${row.clock}`}
              columns={[
                { title: 'Name', cell: (row) => <Link to="/windows" hash={`rule-${row.name}`}>{row.name}</Link> },
                { title: 'Kind', cell: (row) => row.kind },
                { title: 'By the clock of', cell: (row) => `${row.clock}, ${counted(row.devices, 'device')}` },
                ...weeks.map((week) => ({
                  title: titleOf(week, now),
                  cell: (row: Schema['ScheduleDates']) => {
                    const words = timesInWeek(row.times, week);
                    return words ? <span className={`in-week tone-${row.kind === 'freeze' ? 'warn' : 'busy'}`}>{words}</span> : '–';
                  },
                })),
              ]}
            />
          )
        }
      </Shown>
    </section>
  );
}

function Due({ weeks, now }: { weeks: string[]; now: Date }) {
  const { scope } = useScope();
  const list = useQuery({ queryKey: ['fixes', 'due', scope], queryFn: ({ signal }) => get<Schema['FixPage']>('/fixes', { query: scope, limit: 500 }, signal) });
  return (
    <section aria-labelledby="due-by-week">
      <h2 id="due-by-week">Deadlines</h2>
      <Scoped />
      <Shown query={list} what="what comes due">
        {(page) => {
          const rows = weeks.map((week) => ({ week, fixes: dueInWeek(page.items, week) })).filter((row) => row.fixes.length > 0);
          return rows.length === 0 ? (
            <p className="quiet">Nothing of what is open comes due first in these weeks.</p>
          ) : (
            <Table
              label="Deadlines by week"
              same={{ command: `oakum fix list${option('query', scope)}`, path: '/fixes', parameters: { query: scope, limit: 500 }, one: true }}
              rows={rows}
              rowKey={(row) => row.week}
              columns={[
                { title: 'Week', cell: (row) => titleOf(row.week, now) },
                { title: 'Due first', wide: true, cell: (row) => row.fixes.map((fix) => `${fix.name} ${fix.version ?? ''}`.trim()).join(', ') },
                { title: 'Look', cell: () => <Link to="/fixes">Fixes</Link> },
              ]}
            />
          );
        }}
      </Shown>
    </section>
  );
}

function Running({ weeks, now }: { weeks: string[]; now: Date }) {
  const list = useQuery({ queryKey: ['rollouts', 'calendar'], queryFn: ({ signal }) => get<Schema['RolloutPage']>('/rollouts', { limit: 500 }, signal) });
  return (
    <section aria-labelledby="rollouts-by-week">
      <h2 id="rollouts-by-week">Rollouts</h2>
      <Shown query={list} what="rollouts">
        {(page) => {
          const rows = inView(page.items, weeks, now);
          return rows.length === 0 ? (
            <Empty title="Nothing in these weeks">
              <p>
                No rollout ran, and none is planned. <Link to="/fixes">Fixes</Link> says what to begin with.
              </p>
            </Empty>
          ) : (
            <Table
              label="Rollouts by week"
              same={{ command: 'oakum rollout list', path: '/rollouts', parameters: { limit: 500 } }}
              rows={rows}
              rowKey={(row) => row.id}
              columns={[
                { title: 'Rollout', wide: true, cell: (row) => <Link to="/rollouts/$id" params={{ id: row.id }}>{row.name}</Link> },
                { title: 'State', cell: (row) => <State value={row.state} /> },
                ...weeks.map((week) => ({
                  title: titleOf(week, now),
                  cell: (row: Schema['RolloutSummary']) => {
                    const { words, tone } = inWeek(row, week, now);
                    return words && <span className={`in-week tone-${tone}`}>{words}</span>;
                  },
                })),
              ]}
            />
          );
        }}
      </Shown>
    </section>
  );
}

export function Calendar() {
  const now = new Date();
  const first = weekOf((useSearch({ strict: false }) as { week?: string }).week) ?? weeksLater(mondayOf(dayOf(now)), 2 - SHOWN);
  const weeks = weeksFrom(first, SHOWN);
  return (
    <>
      <h1>Rollouts by week</h1>
      <Views />
      <p className="actions">
        <Link className="button" to="/calendar" search={{ week: weeksLater(first, -1) }}>Earlier</Link>
        <Link className="button" to="/calendar">This week</Link>
        <Link className="button" to="/calendar" search={{ week: weeksLater(first, 1) }}>Later</Link>
      </p>
      <Running weeks={weeks} now={now} />
      <WindowsAndFreezes weeks={weeks} now={now} />
      <Due weeks={weeks} now={now} />
      <p className="quiet">
        Weeks begin on Monday, in your zone, and times are what your clock shows. A plan without a date starts when somebody starts it, and stands in this week until then.
      </p>
    </>
  );
}
