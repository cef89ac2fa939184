// SPDX-License-Identifier: Apache-2.0
// When devices may be changed: windows and freezes, each in a sentence, and what it means where they stand.
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { get, post, put, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { grouped } from '../../../shared/format';
import { usePreviewed } from '../../../shared/previewed';
import { Guide } from '../../../shared/ui/guide';
import { RemoveSheet } from '../../../shared/ui/remove';
import { Same } from '../../../shared/ui/same';
import { Sheet } from '../../../shared/ui/sheet';
import { Empty, Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { command, days, ruleOf, type Kind, type Wish } from '../schedules';
import { Budgets } from './Budgets';
import { Views } from './Views';

type Schedule = Schema['Schedule'];

const titles = { window: 'window', freeze: 'freeze' } as const;

function begin(kind: Kind): Wish {
  const day = new Date().toISOString().slice(0, 10);
  return { kind, name: '', query: '', start: `${day}T${kind === 'window' ? '02' : '00'}:00`, hours: kind === 'window' ? 3 : 24, repeat: kind === 'window' ? 'daily' : 'once', weekdays: [], rule: '', zone: '', zoneIfUnknown: 'UTC', yieldsTo: '', why: '' };
}

// What a rule says of the devices that it is for.
function Says({ schedule }: { schedule: Schedule }) {
  return (
    <>
      <p className="lead">{schedule.sentence}</p>
      {schedule.warnings.map((warning) => (
        <p key={warning} className="notice" role="note">
          {warning}
        </p>
      ))}
      {schedule.places.length > 0 && (
        <Table
          label={`Where ${schedule.name} counts`}
          rows={schedule.places}
          rowKey={(row) => row.zone}
          columns={[
            { title: 'Time zone', cell: (row) => (row.zone === '' ? 'not known' : row.known ? row.zone : `${row.zone} (no such zone)`) },
            { title: 'Devices', numeric: true, cell: (row) => grouped(row.devices) },
            { title: 'Next, on their clocks', cell: (row) => row.local ?? 'never again' },
            { title: 'Next', cell: (row) => <When at={row.from} never="–" /> },
            { title: 'Until', cell: (row) => <When at={row.to} never="–" /> },
          ]}
        />
      )}
    </>
  );
}

function SetSheet({ kind, close }: { kind: Kind; close: () => void }) {
  const [wish, setWish] = useState<Wish>(() => begin(kind));
  const { seen, pending, error, changed, submit: lookOrKeep } = usePreviewed<Schema['ScheduleRule'], Schedule>({
    look: (rule) => post<Schedule>('/schedules/preview', rule),
    keep: (rule) => put<Schedule>(`/schedules/${encodeURIComponent(rule.name)}`, rule),
    refresh: 'schedules',
    done: close,
  });
  const change = (part: Partial<Wish>) => {
    setWish({ ...wish, ...part });
    changed();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    lookOrKeep(ruleOf(wish));
  };
  const text = (name: 'name' | 'query' | 'zone' | 'zoneIfUnknown' | 'why', label: string, more: { required?: boolean; placeholder?: string; pattern?: string } = {}) => (
    <label>
      {label}
      <input value={wish[name]} onChange={(event) => change({ [name]: event.target.value })} autoComplete="off" {...more} />
    </label>
  );
  return (
    <Sheet title={`New ${titles[kind]}`} close={close} wide>
      <form onSubmit={submit}>
        <p>{kind === 'window' ? 'Devices that it is for are changed only while a window of theirs is open. They download before.' : 'Devices that it is for are not changed while it holds. They may still download.'}</p>
        {text('name', 'Name (a-z, 0-9 and -)', { required: true, pattern: '[a-z0-9\\-]{1,60}' })}
        {text('query', 'Whom it is for: a query; empty for every device', { placeholder: 'group = "Plant 3"' })}
        <label>
          Begins first
          <input type="datetime-local" required value={wish.start} onChange={(event) => change({ start: event.target.value })} />
        </label>
        <label>
          Hours
          <input type="number" required min={0.25} max={9600} step={0.25} value={wish.hours} onChange={(event) => change({ hours: event.target.valueAsNumber || 0 })} />
        </label>
        <label>
          Again
          <select value={wish.repeat} onChange={(event) => change({ repeat: event.target.value as Wish['repeat'] })}>
            <option value="once">no, once</option>
            <option value="daily">every day</option>
            <option value="weekly">every week</option>
            <option value="rule">by a rule as in calendars</option>
          </select>
        </label>
        {wish.repeat === 'weekly' && (
          <fieldset>
            <legend>On</legend>
            {days.map(([code, name]) => (
              <label key={code}>
                <input type="checkbox" checked={wish.weekdays.includes(code)} onChange={(event) => change({ weekdays: event.target.checked ? [...wish.weekdays, code] : wish.weekdays.filter((each) => each !== code) })} /> {name}
              </label>
            ))}
          </fieldset>
        )}
        {wish.repeat === 'rule' && (
          <label>
            Rule
            <input value={wish.rule} required placeholder="FREQ=MONTHLY;BYDAY=2TU" onChange={(event) => change({ rule: event.target.value })} autoComplete="off" />
          </label>
        )}
        {text('zone', "By the clock of a time zone; empty for each device's own", { placeholder: 'Europe/Berlin' })}
        {wish.zone === '' && text('zoneIfUnknown', kind === 'window' ? 'For devices without a known zone; empty: it stays shut for them' : 'For devices without a known zone', { required: kind === 'freeze' })}
        <label>
          Who need not keep it
          <select value={wish.yieldsTo} onChange={(event) => change({ yieldsTo: event.target.value as Wish['yieldsTo'] })}>
            <option value="">nobody</option>
            <option value="urgent">rollouts that are urgent or more, and orders to go back</option>
            <option value="emergency">rollouts that are an emergency</option>
          </select>
        </label>
        {text('why', 'Why (for the audit log)')}
        {seen && (
          <section role="status" aria-label="What it means">
            <Says schedule={seen.view} />
          </section>
        )}
        <div className="actions">
          <button className="primary" disabled={pending}>
            {seen ? `Set the ${titles[kind]}` : 'See what it means'}
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
        {seen && (
          <p>
            <Same command={command(seen.wish)} />
          </p>
        )}
      </form>
      <Refused error={error} />
    </Sheet>
  );
}

export function Schedules() {
  const may = useMay();
  const [making, setMaking] = useState<Kind | null>(null);
  const [removing, setRemoving] = useState<Schedule | null>(null);
  const all = useQuery({ queryKey: ['schedules'], queryFn: ({ signal }) => get<Schema['Schedules']>('/schedules', {}, signal) });
  const edits = may('policy.edit');
  return (
    <>
      <h1>Windows, freezes and budgets</h1>
      <Views />
      <p>When devices may be changed, by their own clocks. Downloading is always allowed; writing and restarting wait. A device that loses its network keeps to what it was told. <Guide topic="windows" words="How windows and freezes work" /></p>
      {edits && (
        <div className="actions">
          <button className="primary" onClick={() => setMaking('window')}>
            New window
          </button>
          <button onClick={() => setMaking('freeze')}>New freeze</button>
        </div>
      )}
      <Shown query={all} what="windows and freezes">
        {(list) =>
          list.items.length === 0 ? (
            <Empty title="Nothing holds a device up">
              <p>Without a window devices may be changed at any time of day. In a terminal:</p>
              <pre>oakum window set nights --from 2026-01-05T02:00 --for 3h --repeat FREQ=DAILY --dry-run</pre>
            </Empty>
          ) : (
            list.items.map((each) => (
              <section key={each.name} aria-labelledby={`rule-${each.name}`}>
                <h2 id={`rule-${each.name}`}>
                  {each.name} <span className="badge">{each.kind}</span>
                </h2>
                <Says schedule={each} />
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
          <Same command="oakum window list; oakum freeze list" path="/schedules" />
        </p>
      )}
      <Budgets />
      {making && <SetSheet kind={making} close={() => setMaking(null)} />}
      {removing && (
        <RemoveSheet name={removing.name} path={`/schedules/${encodeURIComponent(removing.name)}`} refresh="schedules" close={() => setRemoving(null)}>
          <p>{removing.kind === 'freeze' ? 'Devices that it holds may be changed from then on.' : 'Devices that no other window is for may be changed at any time from then on.'} They hear of it when they ask next.</p>
        </RemoveSheet>
      )}
    </>
  );
}
