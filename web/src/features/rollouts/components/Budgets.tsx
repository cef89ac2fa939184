// SPDX-License-Identifier: Apache-2.0
// How many devices that stand in for each other may be out of service at once, and where there is no room now.
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { get, post, put, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { grouped } from '../../../shared/format';
import { usePreviewed } from '../../../shared/previewed';
import { RemoveSheet } from '../../../shared/ui/remove';
import { Same } from '../../../shared/ui/same';
import { Sheet } from '../../../shared/ui/sheet';
import { Empty, Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { budgetCommand, budgetOf, type BudgetWish } from '../budgets';

type Budget = Schema['Budget'];

const nothing: BudgetWish = { name: '', query: '', by: 'site', most: 1, unit: 'devices', yieldsTo: '', why: '' };

function Means({ budget }: { budget: Budget }) {
  return (
    <>
      <p className="lead">{budget.sentence}</p>
      {budget.warnings.map((warning) => (
        <p key={warning} className="notice" role="note">
          {warning}
        </p>
      ))}
      {budget.tightest.length > 0 && (
        <Table
          label={`Groups of ${budget.name} with the least room`}
          rows={budget.tightest}
          rowKey={(row) => row.group}
          columns={[
            { title: 'Group', cell: (row) => row.group },
            { title: 'Devices', numeric: true, cell: (row) => grouped(row.devices) },
            { title: 'Out of service now', numeric: true, cell: (row) => grouped(row.out) },
            { title: 'At most', numeric: true, cell: (row) => grouped(row.allowed) },
          ]}
        />
      )}
    </>
  );
}

function SetSheet({ close }: { close: () => void }) {
  const [wish, setWish] = useState<BudgetWish>(nothing);
  const { seen, pending, error, changed, submit: lookOrKeep } = usePreviewed<Schema['BudgetRule'], Budget>({
    look: (rule) => post<Budget>('/budgets/preview', rule),
    keep: (rule) => put<Budget>(`/budgets/${encodeURIComponent(rule.name)}`, rule),
    refresh: 'budgets',
    done: close,
  });
  const change = (part: Partial<BudgetWish>) => {
    setWish({ ...wish, ...part });
    changed();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    lookOrKeep(budgetOf(wish));
  };
  const text = (name: 'name' | 'query' | 'by' | 'why', label: string, more: { required?: boolean; placeholder?: string; pattern?: string } = {}) => (
    <label>
      {label}
      <input value={wish[name]} onChange={(event) => change({ [name]: event.target.value })} autoComplete="off" {...more} />
    </label>
  );
  return (
    <Sheet title="New budget" close={close} wide>
      <form onSubmit={submit}>
        <p>No rollout asks a device whose group has no room: it waits until one of the others is verified, has failed or is given up.</p>
        {text('name', 'Name (a-z, 0-9 and -)', { required: true, pattern: '[a-z0-9\\-]{1,60}' })}
        {text('query', 'Whom it is for: a query; empty for every device', { placeholder: 'model = GW-200' })}
        {text('by', 'Facts that make a group, with commas; empty: all are one group', { placeholder: 'site, tag.role' })}
        <label>
          At most
          <input type="number" required min={0} max={wish.unit === 'percent' ? 100 : undefined} step={1} value={wish.most} onChange={(event) => change({ most: event.target.valueAsNumber || 0 })} />
        </label>
        <label>
          Of a group
          <select value={wish.unit} onChange={(event) => change({ unit: event.target.value as BudgetWish['unit'] })}>
            <option value="devices">devices</option>
            <option value="percent">percent, 1 device at least</option>
          </select>
        </label>
        <label>
          Who need not keep it
          <select value={wish.yieldsTo} onChange={(event) => change({ yieldsTo: event.target.value as BudgetWish['yieldsTo'] })}>
            <option value="">nobody</option>
            <option value="urgent">rollouts that are urgent or more, and orders to go back</option>
            <option value="emergency">rollouts that are an emergency</option>
          </select>
        </label>
        {text('why', 'Why (for the audit log)')}
        {seen && (
          <section role="status" aria-label="What it means">
            <Means budget={seen.view} />
          </section>
        )}
        <div className="actions">
          <button className="primary" disabled={pending}>
            {seen ? 'Set the budget' : 'See what it means'}
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
        {seen && (
          <p>
            <Same command={budgetCommand(seen.wish)} />
          </p>
        )}
      </form>
      <Refused error={error} />
    </Sheet>
  );
}

export function Budgets() {
  const may = useMay();
  const [making, setMaking] = useState(false);
  const [removing, setRemoving] = useState<Budget | null>(null);
  const all = useQuery({ queryKey: ['budgets'], queryFn: ({ signal }) => get<Schema['Budgets']>('/budgets', {}, signal) });
  const edits = may('policy.edit');
  return (
    <section aria-labelledby="budgets">
      <h2 id="budgets">Disruption budgets</h2>
      <p>How many devices that stand in for each other may be out of service at once, whichever rollouts take them. A device counts from its offer until it is verified or has failed; one that fell silent counts until it is heard again or given up.</p>
      {edits && (
        <div className="actions">
          <button onClick={() => setMaking(true)}>New budget</button>
        </div>
      )}
      <Shown query={all} what="budgets">
        {(list) =>
          list.items.length === 0 ? (
            <Empty title="No budget">
              <p>Any number of devices may be out of service at once. In a terminal:</p>
              <pre>oakum budget add pairs --by site,tag.role --most 1 --dry-run</pre>
            </Empty>
          ) : (
            list.items.map((each) => (
              <section key={each.name} aria-labelledby={`budget-${each.name}`}>
                <h3 id={`budget-${each.name}`}>
                  {each.name} {each.full > 0 && <span className="badge">{grouped(each.full)} without room</span>}
                </h3>
                <Means budget={each} />
                {each.rule.query && (
                  <p className="quiet">
                    For <code>{each.rule.query}</code>
                    {each.rule.why && `: ${each.rule.why}`}
                  </p>
                )}
                {edits && (
                  <div className="actions">
                    <button onClick={() => setRemoving(each)} aria-label={`Remove ${each.name} …`}>
                      Remove …
                    </button>
                  </div>
                )}
              </section>
            ))
          )
        }
      </Shown>
      {all.data && all.data.items.length > 0 && (
        <p>
          <Same command="oakum budget list" path="/budgets" />
        </p>
      )}
      {making && <SetSheet close={() => setMaking(false)} />}
      {removing && (
        <RemoveSheet name={removing.name} path={`/budgets/${encodeURIComponent(removing.name)}`} refresh="budgets" close={() => setRemoving(null)}>
          <p>From then on rollouts take any number of these devices out of service at once. Those that wait for room are asked next.</p>
        </RemoveSheet>
      )}
    </section>
  );
}
