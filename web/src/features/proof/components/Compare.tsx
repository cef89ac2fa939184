// SPDX-License-Identifier: Apache-2.0
// Two days side by side, out of the figures that were kept of each.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useFigures } from '../../../shared/figures';
import { option } from '../../../shared/shell';
import { AsOf } from '../../../shared/ui/asof';
import { Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { Unkept } from '../../../shared/ui/unkept';
import { compared, comparedSentence, dayAt, spanOf } from '../model';

export function Compare() {
  const search = useSearch({ strict: false }) as { from?: string; to?: string };
  const navigate = useNavigate();
  const { from, to } = spanOf(search.from, search.to, new Date());
  const { query, kept } = useFigures({ from, to });
  const choose = (change: { from?: string; to?: string }) => void navigate({ to: '/proof', search: (before: object) => ({ ...before, ...change }) as never, resetScroll: false });
  return (
    <section aria-labelledby="compare">
      <h2 id="compare">Compare two days</h2>
      <p>
        <AsOf label="From" value={from} clearable={false} choose={(day) => choose({ from: day })} /> <AsOf label="To" value={to} clearable={false} choose={(day) => choose({ to: day })} />
      </p>
      {!kept ? (
        <Unkept />
      ) : (
        <Shown query={query} what="the figures of these days">
          {(figures) => {
            const [first, last] = [dayAt(figures.days, from) ?? figures.days[0], dayAt(figures.days, to)];
            return !first || !last ? (
              <p className="quiet">{figures.first_day ? `Nothing was counted from ${from} to ${to}; counting began on ${figures.first_day}.` : 'Nothing was counted yet.'}</p>
            ) : (
              <>
                <p>{first.day === last.day ? `Only ${first.day} was counted in this time.` : comparedSentence(first, last)}</p>
                <Table
                  label="Two days compared"
                  same={{ command: `oakum figures show${option('group', figures.group?.name)} --from ${from} --to ${to}`, path: '/figures', parameters: { group: figures.group?.id, from, to }, one: true }}
                  rows={compared(first, last, figures.days)}
                  rowKey={(row) => row.what}
                  columns={[
                    { title: 'Figure', wide: true, cell: (row) => row.what },
                    { title: first.day, numeric: true, cell: (row) => row.before },
                    { title: first.day === last.day ? `${last.day}, again` : last.day, numeric: true, cell: (row) => row.after },
                    { title: 'Change', numeric: true, cell: (row) => row.change },
                  ]}
                />
              </>
            );
          }}
        </Shown>
      )}
    </section>
  );
}
