// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { get, post, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { decisionWords } from '../../../shared/decisions';
import { counted, grouped } from '../../../shared/format';
import { option } from '../../../shared/shell';
import { AsOf } from '../../../shared/ui/asof';
import { Exploited, Severity, State } from '../../../shared/ui/badges';
import { DecideSheet } from '../../../shared/ui/decide';
import { Explanation } from '../../../shared/ui/explanation';
import { More, usePages } from '../../../shared/ui/pages';
import { Same } from '../../../shared/ui/same';
import { ReasonSheet, Sheet } from '../../../shared/ui/sheet';
import { Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { ChangeSheet } from './ChangeSheet';
import { EditDone } from './Edits';
import { ReplaceSheet } from './ReplaceSheet';
import { Strip } from './Strip';
import { undoableAction } from '../bulk';
import { shownWords, sortFacts, tabOf, updateSentence, zoneOf, type TabName } from '../model';
import { linksOf, type Link as Unit } from '../replacing';

type DeviceView = Schema['Device'];

function Now({ device }: { device: DeviceView }) {
  const explanation = useQuery({ queryKey: ['device', device.id, 'explain'], queryFn: ({ signal }) => get<Schema['Explanation']>(`/devices/${device.id}/explain`, {}, signal) });
  const updates = useQuery({ queryKey: ['device', device.id, 'updates'], queryFn: ({ signal }) => get<Schema['DeploymentPage']>(`/devices/${device.id}/deployments`, { limit: 50 }, signal) });
  const latest = updates.data?.items[0];
  return (
    <>
      {latest && (
        <section className="state-box" aria-label="Latest update">
          <p>
            <State value={latest.state} /> {updateSentence(latest, Date.now())}
            {latest.rollout && (
              <>
                {' '}
                By the rollout <Link to="/rollouts/$id" params={{ id: latest.rollout.id }}>{latest.rollout.name}</Link>.
              </>
            )}
          </p>
          {latest.detail && <pre>{latest.detail}</pre>}
        </section>
      )}
      <Shown query={explanation} what="the explanation">
        {(data) => (
          <>
            <p>{data.sentence}</p>
            <Explanation label="Why it is as it is" steps={data.steps} />
            <p>
              <Same command={`oakum device explain ${device.id}`} path={`/devices/${device.id}/explain`} />
            </p>
          </>
        )}
      </Shown>
      <Strip device={device} />
      <h2>What can be asked of it</h2>
      <p className="quiet">What its way of management allows.</p>
      <dl className="facts">
        {device.capabilities.map((capability) => (
          <div key={capability.name} style={{ display: 'contents' }}>
            <dt>{capability.name.replaceAll('_', ' ')}</dt>
            <dd>
              {capability.available === null ? 'cannot tell' : capability.available ? 'yes' : 'no'} – {capability.reason}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

// One finding in questions and answers: what, who says so, how grave, is there a fix, why not now.
function WhySheet({ device, advisory, close }: { device: DeviceView; advisory: string; close: () => void }) {
  const explanation = useQuery({
    queryKey: ['device', device.id, 'why', advisory],
    queryFn: ({ signal }) => get<Schema['Explanation']>(`/findings/${encodeURIComponent(advisory)}/explain`, { device: device.id }, signal),
  });
  return (
    <Sheet title={`${advisory} on ${device.name}`} close={close}>
      <Shown query={explanation} what="the explanation">
        {(data) => (
          <>
            <p>{data.sentence}</p>
            <Explanation label="Why" steps={data.steps} />
          </>
        )}
      </Shown>
      <div className="actions">
        <button onClick={close} autoFocus>
          Close
        </button>
      </div>
    </Sheet>
  );
}

function Findings({ device }: { device: DeviceView }) {
  const id = device.id;
  const [state, setState] = useState('open');
  const may = useMay();
  const [why, setWhy] = useState<string | null>(null);
  const [deciding, setDeciding] = useState<Schema['Finding'] | null>(null);
  const [asOf, setAsOf] = useState<string>();
  const findings = usePages<Schema['Finding']>(['device', id, 'findings', state, asOf], `/devices/${id}/findings`, { state, as_of: asOf }, 100);
  return (
    <>
      <p>
        <label>
          Show{' '}
          <select value={state} onChange={(event) => setState(event.target.value)}>
            <option value="open">open</option>
            <option value="unknown">cannot tell</option>
            <option value="closed">closed</option>
            <option value="all">all</option>
          </select>
        </label>{' '}
        <AsOf value={asOf} choose={setAsOf} />
      </p>
      {asOf && <p className="quiet">What was open at the end of {asOf} (UTC); what is said of each vulnerability is of today.</p>}
      <Shown query={findings} what="findings">
        {(page) =>
          page.items.length === 0 ? (
            <p>{state !== 'open' ? 'None.' : asOf ? 'Nothing was known against the software that it reported.' : 'Nothing is known against the software that it reports.'}</p>
          ) : (
            <>
              <Table
                label="Findings"
                same={{ command: `oakum device findings ${id}${option('state', state === 'open' ? '' : state)}${option('as-of', asOf)}`, path: `/devices/${id}/findings`, parameters: { state, as_of: asOf, limit: 500 } }}
                rows={page.items}
                rowKey={(row) => `${row.advisory} ${row.component.name} ${row.component.version} ${row.component.purl ?? ''} ${row.component.cpe ?? ''} ${row.state}`}
                columns={[
                  { title: 'Vulnerability', cell: (row) => <Link to="/vulnerabilities/$id" params={{ id: row.advisory }}>{row.advisory}</Link> },
                  { title: 'Severity', cell: (row) => <Severity value={row.severity} /> },
                  { title: 'Exploited', cell: (row) => <Exploited value={row.exploited} /> },
                  { title: 'Component', cell: (row) => `${row.component.name} ${row.component.version}` },
                  { title: 'Verdict', cell: (row) => (decisionWords(row.state) ? `${row.verdict === 'unknown' ? 'cannot tell' : row.verdict}, ${decisionWords(row.state)}` : row.state === 'closed' ? `closed ${row.closed?.slice(0, 10) ?? ''}` : row.verdict === 'unknown' ? 'cannot tell' : row.verdict) },
                  { title: 'Fixed in', cell: (row) => row.fixed_in ?? '–' },
                  {
                    title: 'Why',
                    wide: true,
                    cell: (row) => (
                      <>
                        {row.decision ? `${row.decision}. ` : ''}
                        {row.reason}{' '}
                        {may('exception.ask') && row.state === 'open' && !asOf && (
                          <button className="inline" onClick={() => setDeciding(row)} aria-label={`Accept or mitigate ${row.advisory}`}>
                            Accept or mitigate …
                          </button>
                        )}{' '}
                        {row.state !== 'closed' && !asOf && (
                          <button className="inline" onClick={() => setWhy(row.advisory)} aria-label={`Why ${row.advisory}, and why not now?`}>
                            Why, and why not now?
                          </button>
                        )}
                      </>
                    ),
                  },
                ]}
              />
              {why && <WhySheet device={device} advisory={why} close={() => setWhy(null)} />}
              {deciding && <DecideSheet kind="accept" choices={['accept', 'mitigate', 'not_affected']} advisory={deciding.advisory} component={deciding.component.name} query={`id = ${id}`} close={() => setDeciding(null)} />}
              <More list={findings} what="findings" />
            </>
          )
        }
      </Shown>
    </>
  );
}

const shownComponents = 200;

function Software({ id }: { id: string }) {
  const [name, setName] = useState('');
  const [asOf, setAsOf] = useState<string>();
  const software = useQuery({
    queryKey: ['device', id, 'software', name, asOf],
    queryFn: ({ signal }) => get<Schema['Software']>(`/devices/${id}/software`, { name, as_of: asOf, most: shownComponents }, signal),
    // While one types what was there stands on; of another device or another day it would be wrong.
    placeholderData: (before, of) => (of?.queryKey[1] === id && of.queryKey[4] === asOf ? before : undefined),
  });
  return (
    <>
      <p>
        <label>
          With this in its name <input type="search" value={name} maxLength={128} onChange={(event) => setName(event.target.value)} />
        </label>{' '}
        <AsOf value={asOf} choose={setAsOf} />
      </p>
      <Shown query={software} what="software">
        {(data) =>
          !data.known ? (
            <p>Nothing is known of its software. Attach an SBOM to its firmware version: <code>oakum sbom attach FILE --model M --version V</code></p>
          ) : (
            <>
              {data.layers.map((layer) => (
                <section key={layer.layer}>
                  <h2>{layer.layer === 'base' ? 'Image or operating system' : 'Packages and apps'}</h2>
                  <p className="quiet">
                    {counted(layer.total, 'component')}
                    {layer.origin && `, ${layer.origin}`}
                    {shownWords(layer.components.length, layer.total, shownComponents, name)}
                  </p>
                  <Table
                    label={`${layer.layer} components`}
                    same={{ command: `oakum device software ${id}${option('name', name)}${option('as-of', asOf)}`, one: true, path: `/devices/${id}/software`, parameters: { name, as_of: asOf } }}
                    rows={layer.components}
                    rowKey={(row) => `${row.name} ${row.version} ${row.purl ?? ''} ${row.cpe ?? ''}`}
                    columns={[
                      { title: 'Component', cell: (row) => row.name },
                      { title: 'Version', cell: (row) => row.version },
                      { title: 'Kind', cell: (row) => row.kind.replaceAll('_', ' ') },
                      { title: 'Identifier', wide: true, cell: (row) => row.purl ?? row.cpe ?? row.bundle_id ?? '–' },
                    ]}
                  />
                </section>
              ))}
            </>
          )
        }
      </Shown>
    </>
  );
}

function Updates({ id, zone }: { id: string; zone: string | undefined }) {
  const updates = usePages<Schema['Deployment']>(['device', id, 'updates'], `/devices/${id}/deployments`, {}, 50);
  return (
    <Shown query={updates} what="updates">
      {(page) =>
        page.items.length === 0 ? (
          <p>No rollout has offered it anything yet.</p>
        ) : (
          <>
          <Table
            label="Updates"
            same={{ command: `oakum device deployments ${id}`, path: `/devices/${id}/deployments`, parameters: { limit: 500 } }}
            rows={page.items}
            rowKey={(row) => row.id}
            columns={[
              { title: 'When', cell: (row) => <When at={row.offered_at} zone={zone} /> },
              { title: 'Release', cell: (row) => <Link to="/releases/$id" params={{ id: row.release.id }}>{`${row.release.name} ${row.release.version}`}</Link> },
              { title: 'State', cell: (row) => <State value={row.state} /> },
              { title: 'From', cell: (row) => row.version_before ?? '–' },
              { title: 'Rollout', cell: (row) => (row.rollout ? <Link to="/rollouts/$id" params={{ id: row.rollout.id }}>{row.rollout.name}</Link> : '–') },
              { title: 'In its words', wide: true, cell: (row) => row.detail || '–' },
            ]}
          />
          <More list={updates} what="updates" />
          </>
        )
      }
    </Shown>
  );
}

function History({ id, zone }: { id: string; zone: string | undefined }) {
  const history = usePages<Schema['DeviceEvent']>(['device', id, 'history'], `/devices/${id}/history`, {}, 100);
  return (
    <Shown query={history} what="history">
      {(page) => (
        <>
          <Table
            label="History"
            same={{ command: `oakum device history ${id}`, path: `/devices/${id}/history`, parameters: { limit: 500 } }}
            rows={page.items}
            rowKey={(row) => `${row.at} ${row.kind} ${row.subject} ${row.before} ${row.after}`}
            columns={[
              { title: 'When', cell: (row) => <When at={row.at} zone={zone} /> },
              { title: 'Kind', cell: (row) => row.kind },
              { title: 'What', wide: true, cell: (row) => (row.kind === 'fact' ? `${row.subject.replaceAll('_', ' ')}: ${row.before || '–'} → ${row.after || '–'}${row.detail ? ` (${row.detail})` : ''}` : row.detail || `${row.subject}: ${row.before || '–'} → ${row.after || '–'}`) },
            ]}
          />
          <More list={history} what="events" />
        </>
      )}
    </Shown>
  );
}

// The unit that stood there before, or stands there now.
function OtherUnit({ unit }: { unit: Unit }) {
  const other = useQuery({ queryKey: ['device', unit.id], retry: false, queryFn: ({ signal }) => get<DeviceView>(`/devices/${unit.id}`, {}, signal) });
  return (
    <>
      {' · '}
      {unit.words} {other.data ? <Link to="/devices/$id" params={{ id: unit.id }}>{`${other.data.name}${other.data.serial ? ` (${other.data.serial})` : ''}`}</Link> : 'another device'}
    </>
  );
}

const sheets: Record<string, { title: string; what: (device: DeviceView) => string; danger?: boolean }> = {
  accept: { title: 'Accept', what: (device) => `${device.name} is let in: it counts, and rollouts may reach it.` },
  'update-now': { title: 'Update now', what: (device) => `${device.name} does not wait for its wave: it is offered its update when it asks next. Windows and the hold still count.` },
  hold: { title: 'Hold', what: (device) => `Nothing new is installed on ${device.name} until it is released. What is being installed goes on.` },
  release: { title: 'Release', what: (device) => `${device.name} takes part in rollouts again.` },
  'clear-clone': { title: 'It is one device', what: (device) => `Only one device uses the identity of ${device.name}: the alarm about a copy is closed. When two report again, it comes back. If there are two, ask it to enrol again in place of this.` },
  revoke: { title: 'Ask to enrol again', danger: true, what: (device) => `The certificate of ${device.name} is no longer taken: whoever holds it is sent away. The device keeps its record, and comes back when it enrols again with a token.` },
  retire: { title: 'Retire', danger: true, what: (device) => `${device.name} leaves every count and is offered nothing more. It comes back by Undo, or by enrolling again.` },
};

// Another device is another page: nothing that was said or begun of the one before goes with it.
export function Device() {
  const { id } = useParams({ strict: false }) as { id: string };
  return <OneDevice key={id} id={id} />;
}

function OneDevice({ id }: { id: string }) {
  const { tab } = useSearch({ strict: false }) as { tab?: string };
  const navigate = useNavigate();
  const queries = useQueryClient();
  const may = useMay();
  const [action, setAction] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const [changing, setChanging] = useState<DeviceView | null>(null);
  const [replacing, setReplacing] = useState<DeviceView | null>(null);
  const [edit, setEdit] = useState<Schema['Edit'] | null>(null);
  const device = useQuery({ queryKey: ['device', id], queryFn: ({ signal }) => get<DeviceView>(`/devices/${id}`, {}, signal) });
  // What can be taken back goes the way of what is done to many, which is kept with what was there before.
  const act = async (action: string, why: string) => {
    const request = undoableAction(id, action);
    setEdit(null);
    if (!request) {
      return setSaid((await post<Schema['DeviceActionResult']>(`/devices/${id}/actions/${action}`, { why })).sentence);
    }
    const { stamp, changes, sentence } = await post<Schema['BulkPreview']>('/devices/bulk/preview', request);
    if (changes === 0) return setSaid(sentence);
    setEdit(await post<Schema['Edit']>('/devices/bulk', { ...request, stamp, why }));
  };
  return (
    <Shown query={device} what="the device">
      {(data) => (
        <>
          <h1>{data.name}</h1>
          <p className="lead">{data.sentence}</p>
          <p>
            Owner: {data.owner ?? 'nobody named'} · group: {data.group?.name ?? 'none'}
            {may('device.edit') && data.lifecycle !== 'retired' && (
              <>
                {' '}
                <button className="inline" aria-label={`Change ${data.name}`} onClick={() => setChanging(data)}>
                  Change …
                </button>
              </>
            )}
          </p>
          <p>
            <State value={data.lifecycle} /> · risk {data.risk == null ? 'cannot be told' : grouped(data.risk)} · <Link to="/devices/$id" params={{ id }} search={{ tab: 'findings' }}>{counted(data.findings_open, 'open finding')}</Link>, {grouped(data.exploited_open)} of {data.findings_open === 1 ? 'it' : 'them'} exploited
            {data.cannot_tell > 0 && `, ${grouped(data.cannot_tell)} more cannot be told`} · seen <When at={data.last_seen} zone={zoneOf(data)} />
            {data.clone_suspected && ' · two devices seem to use this identity'}
            {data.facts.some((fact) => fact.key === 'x.attack') && ' · refused what it was told to install (facts: x.attack)'}
            {linksOf(data.facts).map((unit) => (
              <OtherUnit key={unit.id} unit={unit} />
            ))}
          </p>
          {may('device.operate') && data.lifecycle !== 'retired' && (
            <div className="actions">
              {data.lifecycle === 'pending' && <button className="primary" onClick={() => setAction('accept')}>Accept</button>}
              {data.certificate && <button onClick={() => setAction('update-now')}>Update now</button>}
              <button onClick={() => setAction(data.hold ? 'release' : 'hold')}>{data.hold ? 'Release' : 'Hold'}</button>
              {data.clone_suspected && <button onClick={() => setAction('clear-clone')}>It is one device</button>}
              {data.certificate && may('device.revoke') && <button className="danger" onClick={() => setAction('revoke')}>Ask to enrol again</button>}
              {may('device.edit') && data.lifecycle !== 'unmanaged' && <button onClick={() => setReplacing(data)}>Replace …</button>}
              <button className="danger" onClick={() => setAction('retire')}>Retire</button>
            </div>
          )}
          {changing && <ChangeSheet device={changing} close={() => setChanging(null)} />}
          {replacing && <ReplaceSheet device={replacing} close={() => setReplacing(null)} />}
          {edit ? <EditDone key={edit.id} edit={edit} /> : said && <p role="status">{said}</p>}
          {action && (
            <ReasonSheet
              title={`${sheets[action]!.title}: ${data.name}`}
              action={sheets[action]!.title}
              danger={sheets[action]!.danger}
              act={(why) => act(action, why)}
              done={() => queries.invalidateQueries({ queryKey: ['device', id] })}
              close={() => setAction(null)}
            >
              <p>{sheets[action]!.what(data)}</p>
            </ReasonSheet>
          )}
          <Tabs selectedKey={tabOf(tab)} onSelectionChange={(key) => void navigate({ to: '/devices/$id', params: { id }, search: { tab: (key as TabName) === 'now' ? undefined : String(key) }, replace: true })}>
            <TabList aria-label="About this device">
              <Tab id="now">Now</Tab>
              <Tab id="findings">Findings</Tab>
              <Tab id="software">Software</Tab>
              <Tab id="updates">Updates</Tab>
              <Tab id="history">History</Tab>
              <Tab id="facts">Facts</Tab>
            </TabList>
            <TabPanel id="now"><Now device={data} /></TabPanel>
            <TabPanel id="findings"><Findings device={data} /></TabPanel>
            <TabPanel id="software"><Software id={id} /></TabPanel>
            <TabPanel id="updates"><Updates id={id} zone={zoneOf(data)} /></TabPanel>
            <TabPanel id="history"><History id={id} zone={zoneOf(data)} /></TabPanel>
            <TabPanel id="facts">
              <Table
                label="Facts"
                same={{ command: `oakum device show ${id}`, one: true, path: `/devices/${id}` }}
                rows={sortFacts(data.facts)}
                rowKey={(row) => row.key}
                columns={[
                  { title: 'Fact', cell: (row) => row.key.replaceAll('_', ' ') },
                  { title: 'Value', wide: true, cell: (row) => row.value },
                  { title: 'From', cell: (row) => (row.inherited_from ? `group ${row.inherited_from.name}` : row.assumed ? 'assumed' : row.source) },
                  { title: 'Since', cell: (row) => <When at={row.at} never="not known" /> },
                ]}
              />
            </TabPanel>
          </Tabs>
        </>
      )}
    </Shown>
  );
}
