// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { get, type Schema } from '../../../shared/api/client';
import { State } from '../../../shared/ui/badges';
import { Unscoped } from '../../../shared/ui/scoped';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { dayOf, inView, inWeek, mondayOf, weekOf, weeksFrom, weeksLater } from '../calendar';
import { Views } from './Views';

const SHOWN = 5;

export function Calendar() {
  const now = new Date();
  const first = weekOf((useSearch({ strict: false }) as { week?: string }).week) ?? weeksLater(mondayOf(dayOf(now)), 2 - SHOWN);
  const weeks = weeksFrom(first, SHOWN);
  const list = useQuery({ queryKey: ['rollouts', 'calendar'], queryFn: ({ signal }) => get<Schema['RolloutPage']>('/rollouts', { limit: 500 }, signal) });
  return (
    <>
      <h1>Rollouts by week</h1>
      <Views />
      <Unscoped what="rollouts" />
      <p className="actions">
        <Link className="button" to="/calendar" search={{ week: weeksLater(first, -1) }}>Earlier</Link>
        <Link className="button" to="/calendar">This week</Link>
        <Link className="button" to="/calendar" search={{ week: weeksLater(first, 1) }}>Later</Link>
      </p>
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
                  title: `${week}${week === mondayOf(dayOf(now)) ? ' (now)' : ''}`,
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
      <p className="quiet">
        Weeks begin on Monday, in your zone. A plan has no date: it starts when somebody starts it, and stands in this week until then. When devices may be changed within it is said by <Link to="/windows">windows and freezes</Link>.
      </p>
    </>
  );
}
