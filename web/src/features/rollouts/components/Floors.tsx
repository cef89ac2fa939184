// SPDX-License-Identifier: Apache-2.0
// What phones and tablets have to run at least, who keeps that, and who cannot and why.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { get, post, put, type Schema } from '../../../shared/api/client';
import { useMay, useMe } from '../../../shared/api/me';
import { grouped } from '../../../shared/format';
import { usePreviewed } from '../../../shared/previewed';
import { Count } from '../../../shared/ui/count';
import { RemoveSheet } from '../../../shared/ui/remove';
import { Same } from '../../../shared/ui/same';
import { Sheet } from '../../../shared/ui/sheet';
import { Empty, Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { command, deeds, deedsFor, planCommand, planOf, policyOf, standing, type Deed } from '../floors';
import { FloorDecision, type Deciding } from './FloorApprovals';
import { Views } from './Views';

type Floor = Schema['FloorPolicyView'];
type Policy = Schema['FloorPolicy'];

// How the devices of a floor stand to it.
function Stands({ floor }: { floor: Floor }) {
  return (
    <>
      <p className="lead">{floor.sentence}</p>
      {floor.warnings.map((warning) => (
        <p key={warning} className="notice" role="note">
          {warning}
        </p>
      ))}
      {floor.reasons.length > 0 && (
        <ul>
          {floor.reasons.map((reason) => (
            <li key={reason.reason}>
              {grouped(reason.devices)}: {reason.words}
            </li>
          ))}
        </ul>
      )}
      {floor.below.length > 0 && (
        <Table
          label={`Who does not keep ${floor.name}`}
          rows={floor.below}
          rowKey={(row) => row.id}
          columns={[
            {
              title: 'Device',
              cell: (row) => (
                <Link to="/devices/$id" params={{ id: row.id }}>
                  {row.name || row.model || row.id}
                </Link>
              ),
            },
            { title: 'Model', cell: (row) => row.model || 'not known' },
            { title: 'Runs', cell: (row) => row.runs || 'not said' },
            { title: 'Has to run', cell: (row) => row.wanted || '–' },
            { title: 'Stands', cell: (row) => <span className={standing(row.standing).className}>{standing(row.standing).words}</span> },
            { title: 'Until, on its clock', cell: (row) => row.local || '–' },
            { title: 'Why', wide: true, cell: (row) => row.words || '–' },
          ]}
        />
      )}
    </>
  );
}

function SetSheet({ close }: { close: () => void }) {
  const [platform, setPlatform] = useState<Policy['platform']>('ios');
  const [what, setWhat] = useState<'latest' | 'version'>('latest');
  const [hours, setHours] = useState({ from: '', to: '' });
  const { seen, pending, error, changed, submit: lookOrKeep } = usePreviewed<Policy, Floor>({
    look: (policy) => post<Floor>('/floors/preview', policy),
    keep: (policy) => put<Floor>(`/floors/${encodeURIComponent(policy.name)}`, policy),
    refresh: 'floors',
    done: close,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    lookOrKeep(policyOf(new FormData(event.currentTarget)));
  };
  return (
    <Sheet title="New floor" close={close} wide>
      <form onSubmit={submit} onChange={changed}>
        <p>What devices have to run at least, and by when. It says who falls short and who cannot. By itself it changes nothing there: a rollout of it does.</p>
        <label>
          Name (a-z, 0-9 and -)
          <input name="name" required pattern="[a-z0-9\-]{1,40}" autoComplete="off" autoFocus />
        </label>
        <label>
          Platform
          <select name="platform" value={platform} onChange={(event) => setPlatform(event.target.value as Policy['platform'])}>
            <option value="ios">iOS and iPadOS</option>
            <option value="android">Android</option>
          </select>
        </label>
        <label>
          At least
          <select name="what" value={what} onChange={(event) => setWhat(event.target.value as 'latest' | 'version')}>
            <option value="latest">the newest that each model is offered</option>
            <option value="version">a version</option>
          </select>
        </label>
        {what === 'version' && (
          <label>
            Version
            <input name="version" maxLength={64} placeholder={platform === 'ios' ? '26.4' : '16'} autoComplete="off" />
          </label>
        )}
        {what === 'version' && platform === 'android' && (
          <label>
            Patch level
            <input name="patch_level" type="date" />
          </label>
        )}
        <label>
          Which of them: a query; empty for all
          <input name="query" placeholder="site = Kiel" autoComplete="off" />
        </label>
        <label>
          Days after its release
          <input name="days" type="number" required min={0} max={365} defaultValue={14} />
        </label>
        <label>
          Days where a hole is known to be exploited
          <input name="exploited_days" type="number" required min={0} max={365} defaultValue={3} />
        </label>
        <label>
          Hour of the last day, by each device&apos;s own clock
          <input name="hour" type="number" required min={0} max={23} defaultValue={19} />
        </label>
        <label>
          For devices without a known time zone
          <input name="zone_if_unknown" defaultValue="UTC" required autoComplete="off" />
        </label>
        <label>
          Installed from, by each device&apos;s own clock; empty: whenever it can
          <input name="from" type="time" value={hours.from} required={hours.to !== ''} onChange={(event) => setHours({ ...hours, from: event.target.value })} />
        </label>
        <label>
          Installed until
          <input name="to" type="time" value={hours.to} required={hours.from !== ''} onChange={(event) => setHours({ ...hours, to: event.target.value })} />
        </label>
        <label>
          <input type="checkbox" name="accepts_unoffered" /> Some models are offered nothing so new: that is known
        </label>
        <label>
          Why (for the audit log)
          <input name="why" autoComplete="off" />
        </label>
        {seen && (
          <section role="status" aria-label="What it means">
            <Stands floor={seen.view} />
          </section>
        )}
        <div className="actions">
          <button className="primary" disabled={pending}>
            {seen ? 'Set the floor' : 'See what it means'}
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

function ExceptSheet({ floor, close }: { floor: Floor; close: () => void }) {
  const queries = useQueryClient();
  const ask = useMutation({
    mutationFn: (form: FormData) => post<Floor>(`/floors/${encodeURIComponent(floor.name)}/exceptions`, { query: String(form.get('query')), until: String(form.get('until')), reason: String(form.get('reason')) }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['floors'] });
      close();
    },
  });
  return (
    <Sheet title={`Except devices from ${floor.name}`} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate(new FormData(event.currentTarget));
        }}
      >
        <label>
          Which devices: a query
          <input name="query" required maxLength={4096} placeholder="model = TC52" autoComplete="off" autoFocus />
        </label>
        <label>
          Until
          <input name="until" type="date" required />
        </label>
        <label>
          Why
          <input name="reason" required maxLength={1024} autoComplete="off" />
        </label>
        <div className="actions">
          <button className="primary" disabled={ask.isPending}>
            Ask for it
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
      <Refused error={ask.error} />
    </Sheet>
  );
}

// Brings its phones there in waves. Nothing starts by it: the rollout's page shows whom it reaches first.
function PlanSheet({ floor, close }: { floor: Floor; close: () => void }) {
  const go = useNavigate();
  const [plan, setPlan] = useState(() => planOf(floor.name, floor.words));
  const make = useMutation({
    mutationFn: () => post<Schema['Rollout']>('/rollouts', plan),
    onSuccess: (rollout) => go({ to: '/rollouts/$id', params: { id: rollout.id } }),
  });
  return (
    <Sheet title={`Bring phones to ${floor.words}`} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <p>
          {grouped(floor.short + floor.overdue)} of {grouped(floor.total)} fall short and can be brought there. They are told through the systems that manage them, where rollouts may write; each is done when its next inventory says so.
        </p>
        <label>
          Name
          <input value={plan.name} required maxLength={128} autoComplete="off" autoFocus onChange={(event) => setPlan({ ...plan, name: event.target.value })} />
        </label>
        <label>
          Which of them: a query; empty for all
          <input value={plan.query ?? ''} maxLength={4096} autoComplete="off" onChange={(event) => setPlan({ ...plan, query: event.target.value })} />
        </label>
        <label>
          How careful
          <select value={plan.care} onChange={(event) => setPlan({ ...plan, care: event.target.value as 'careful' | 'normal' | 'urgent' })}>
            <option value="careful">careful: four waves, a day between them</option>
            <option value="normal">normal: three waves</option>
            <option value="urgent">urgent: two waves</option>
          </select>
        </label>
        <div className="actions">
          <button className="primary" disabled={make.isPending}>
            Plan the rollout
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
        <p>
          <Same command={planCommand(plan)} />
        </p>
      </form>
      <Refused error={make.error} />
    </Sheet>
  );
}

function Exceptions({ floor }: { floor: Floor }) {
  const may = useMay();
  const me = useMe().data;
  const [deciding, setDeciding] = useState<Deciding | null>(null);
  if (floor.exceptions.length === 0) return null;
  const button = (deed: Deed, number: number) => (
    <button key={deed} className={deed === 'approve' ? 'primary' : 'danger'} aria-label={`${deeds[deed]} exception ${number}`} onClick={() => setDeciding({ floor, number, deed })}>
      {deeds[deed]} …
    </button>
  );
  return (
    <>
      <Table
        label={`Exceptions of ${floor.name}`}
        rows={floor.exceptions}
        rowKey={(row) => String(row.number)}
        columns={[
          { title: 'Exception', cell: (row) => row.number },
          { title: 'For', cell: (row) => <Link to="/devices" search={{ query: row.query }}><code>{row.query}</code></Link> },
          { title: 'Until', cell: (row) => <When at={row.until} /> },
          { title: 'State', cell: (row) => row.state },
          { title: 'Why', wide: true, cell: (row) => `${row.reason} (${row.asked_by})` },
          { title: 'Decide', cell: (row) => <span className="actions">{deedsFor(row, may, me?.name).map((deed) => button(deed, row.number))}</span> },
        ]}
      />
      {deciding && <FloorDecision deciding={deciding} close={() => setDeciding(null)} />}
    </>
  );
}

export function Floors() {
  const may = useMay();
  const [making, setMaking] = useState(false);
  const [removing, setRemoving] = useState<Floor | null>(null);
  const [excepting, setExcepting] = useState<Floor | null>(null);
  const [planning, setPlanning] = useState<Floor | null>(null);
  const all = useQuery({ queryKey: ['floors'], queryFn: ({ signal }) => get<Schema['FloorPolicyPage']>('/floors', { limit: 500 }, signal) });
  const edits = may('policy.edit');
  return (
    <>
      <h1>Floors for phones and tablets</h1>
      <Views />
      <p>What devices that a management system steers have to run at least, and by when, on their own clocks.</p>
      {edits && (
        <div className="actions">
          <button className="primary" onClick={() => setMaking(true)}>
            New floor
          </button>
        </div>
      )}
      <Shown query={all} what="floors">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="No floor is set">
              <p>Nobody is told what phones and tablets have to run. In a terminal:</p>
              <pre>oakum floor preview phones --platform ios --latest</pre>
            </Empty>
          ) : (
            page.items.map((floor) => (
              <section key={floor.name} aria-labelledby={`floor-${floor.name}`}>
                <h2 id={`floor-${floor.name}`}>
                  {floor.name} <span className="badge">version {floor.version}</span>
                </h2>
                <Stands floor={floor} />
                <p className="quiet">
                  About <Count n={floor.total} noun="device" query={floor.devices} />; set by {floor.by} <When at={floor.set} />
                  {floor.policy.why && `: ${floor.policy.why}`}
                  {floor.offered_as_of && (
                    <>
                      . What models are offered is Apple&apos;s list of <When at={floor.offered_as_of} />
                    </>
                  )}
                </p>
                <Exceptions floor={floor} />
                <div className="actions">
                  {may('rollout.create') && (
                    <button onClick={() => setPlanning(floor)} aria-label={`Bring phones there … by ${floor.name}`}>
                      Bring phones there …
                    </button>
                  )}
                  {may('exception.ask') && (
                    <button onClick={() => setExcepting(floor)} aria-label={`Except devices from ${floor.name} …`}>
                      Except devices …
                    </button>
                  )}
                  {edits && (
                    <button onClick={() => setRemoving(floor)} aria-label={`Remove ${floor.name} …`}>
                      Remove …
                    </button>
                  )}
                </div>
              </section>
            ))
          )
        }
      </Shown>
      {all.data && all.data.items.length > 0 && (
        <p>
          <Same command="oakum floor list" path="/floors" />
        </p>
      )}
      {making && <SetSheet close={() => setMaking(false)} />}
      {removing && (
        <RemoveSheet name={removing.name} path={`/floors/${encodeURIComponent(removing.name)}`} refresh="floors" close={() => setRemoving(null)}>
          <p>It is demanded no more, and its exceptions go with it. What is set in management systems stays.</p>
        </RemoveSheet>
      )}
      {planning && <PlanSheet floor={planning} close={() => setPlanning(null)} />}
      {excepting && <ExceptSheet floor={excepting} close={() => setExcepting(null)} />}
    </>
  );
}
