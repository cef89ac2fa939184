// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { get, post, type Schema } from '../../../shared/api/client';
import { grouped, oneDecimal, relative } from '../../../shared/format';
import { Exploited, Severity, State } from '../../../shared/ui/badges';
import { Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { sortFacts } from '../model';

function Now({ device }: { device: Schema['Device'] }) {
  const explanation = useQuery({ queryKey: ['device', device.id, 'explain'], queryFn: ({ signal }) => get<Schema['Explanation']>(`/devices/${device.id}/explain`, {}, signal) });
  return (
    <>
      <Shown query={explanation} what="the explanation">
        {(data) => (
          <dl className="facts">
            {data.steps.map((step) => (
              <div key={step.question} style={{ display: 'contents' }}>
                <dt>{step.question}</dt>
                <dd>
                  <strong>{step.answer === 'unknown' ? 'cannot tell' : step.answer}</strong> – {step.because}
                </dd>
              </div>
            ))}
          </dl>
        )}
      </Shown>
      <h2>What can be asked of it</h2>
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

function Findings({ id }: { id: string }) {
  const findings = useQuery({ queryKey: ['device', id, 'findings'], queryFn: ({ signal }) => get<Schema['FindingPage']>(`/devices/${id}/findings`, { state: 'all', limit: 200 }, signal) });
  return (
    <Shown query={findings} what="findings">
      {(page) =>
        page.items.length === 0 ? (
          <p>Nothing is known against the software that it reports.</p>
        ) : (
          <Table
            label="Findings"
            rows={page.items}
            rowKey={(row) => `${row.advisory} ${row.component.name} ${row.state}`}
            columns={[
              { title: 'Vulnerability', cell: (row) => <Link to="/vulnerabilities/$id" params={{ id: row.advisory }}>{row.advisory}</Link> },
              { title: 'Severity', cell: (row) => <Severity value={row.severity} /> },
              { title: 'Exploited', cell: (row) => <Exploited value={row.exploited} /> },
              { title: 'Component', cell: (row) => `${row.component.name} ${row.component.version}` },
              { title: 'Verdict', cell: (row) => (row.state === 'closed' ? `closed ${row.closed?.slice(0, 10) ?? ''}` : row.verdict === 'unknown' ? 'cannot tell' : row.verdict) },
              { title: 'Fixed in', cell: (row) => row.fixed_in ?? '–' },
              { title: 'Why', wide: true, cell: (row) => row.reason },
            ]}
          />
        )
      }
    </Shown>
  );
}

function Software({ id }: { id: string }) {
  const software = useQuery({ queryKey: ['device', id, 'software'], queryFn: ({ signal }) => get<Schema['Software']>(`/devices/${id}/software`, {}, signal) });
  return (
    <Shown query={software} what="software">
      {(data) =>
        !data.known ? (
          <p>Nothing is known of its software. Attach an SBOM to its firmware version: <code>oakum sbom attach FILE --model M --version V</code></p>
        ) : (
          <>
            {data.layers.map((layer) => (
              <section key={layer.layer}>
                <h2>{layer.layer === 'base' ? 'Image or operating system' : 'Packages and apps'}</h2>
                <p className="quiet">{layer.origin}</p>
                <Table
                  label={`${layer.layer} components`}
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
  );
}

function History({ id }: { id: string }) {
  const history = useQuery({ queryKey: ['device', id, 'history'], queryFn: ({ signal }) => get<Schema['DeviceEventPage']>(`/devices/${id}/history`, { limit: 100 }, signal) });
  return (
    <Shown query={history} what="history">
      {(page) => (
        <Table
          label="History"
          rows={page.items}
          rowKey={(row) => `${row.at} ${row.kind} ${row.subject} ${row.after}`}
          columns={[
            { title: 'When', cell: (row) => <span title={row.at}>{relative(row.at, Date.now())}</span> },
            { title: 'Kind', cell: (row) => row.kind },
            { title: 'What', wide: true, cell: (row) => row.detail || `${row.subject}: ${row.before || '–'} → ${row.after || '–'}` },
          ]}
        />
      )}
    </Shown>
  );
}

export function Device() {
  const { id } = useParams({ strict: false }) as { id: string };
  const queries = useQueryClient();
  const device = useQuery({ queryKey: ['device', id], queryFn: ({ signal }) => get<Schema['Device']>(`/devices/${id}`, {}, signal) });
  const act = useMutation({
    mutationFn: (action: string) => post<Schema['DeviceActionResult']>(`/devices/${id}/actions/${action}`, { why: 'from the dashboard' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['device', id] }),
  });
  return (
    <Shown query={device} what="the device">
      {(data) => (
        <>
          <h1>{data.name}</h1>
          <p className="lead">{data.sentence}</p>
          <p>
            <State value={data.lifecycle} /> · risk {data.risk == null ? 'cannot be told' : oneDecimal(data.risk)} · {grouped(data.findings_open)} open · {grouped(data.exploited_open)} exploited · seen {relative(data.last_seen, Date.now())}
            {data.clone_suspected && ' · two devices seem to use this identity'}
          </p>
          <div className="actions">
            {data.lifecycle === 'pending' && <button className="primary" onClick={() => act.mutate('accept')}>Accept</button>}
            <button onClick={() => act.mutate('update-now')}>Update now</button>
            <button onClick={() => act.mutate(data.hold ? 'release' : 'hold')}>{data.hold ? 'Release' : 'Hold'}</button>
            <button onClick={() => act.mutate('retire')}>Retire</button>
          </div>
          {act.data && <p role="status">{act.data.sentence}</p>}
          {act.error && <p role="alert" className="notice">{act.error.message}</p>}
          <Tabs>
            <TabList aria-label="About this device">
              <Tab id="now">Now</Tab>
              <Tab id="findings">Findings</Tab>
              <Tab id="software">Software</Tab>
              <Tab id="history">History</Tab>
              <Tab id="facts">Facts</Tab>
            </TabList>
            <TabPanel id="now"><Now device={data} /></TabPanel>
            <TabPanel id="findings"><Findings id={id} /></TabPanel>
            <TabPanel id="software"><Software id={id} /></TabPanel>
            <TabPanel id="history"><History id={id} /></TabPanel>
            <TabPanel id="facts">
              <Table
                label="Facts"
                rows={sortFacts(data.facts)}
                rowKey={(row) => row.key}
                columns={[
                  { title: 'Fact', cell: (row) => row.key.replaceAll('_', ' ') },
                  { title: 'Value', wide: true, cell: (row) => row.value },
                  { title: 'From', cell: (row) => (row.inherited_from ? `group ${row.inherited_from.name}` : row.assumed ? 'assumed' : row.source) },
                  { title: 'Since', cell: (row) => relative(row.at, Date.now()) },
                ]}
              />
            </TabPanel>
          </Tabs>
        </>
      )}
    </Shown>
  );
}
