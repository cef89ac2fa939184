// SPDX-License-Identifier: Apache-2.0
// The first hour: four doors by which devices come in, and what a server needs before one can rely on it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import fleet from '../../../../../demo/fleet.csv?url';
import { get, post, postFile, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { counted } from '../../../shared/format';
import { Empty, Refused, Shown } from '../../../shared/ui/states';
import { setupAction, setupTitle } from '../model';

function Door({ title, children }: { title: string; children: ReactNode }) {
  const id = `door-${title.toLowerCase().replaceAll(' ', '-')}`;
  return (
    <section className="door" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {children}
    </section>
  );
}

function Enrol() {
  const may = useMay();
  const [copied, setCopied] = useState(false);
  const make = useMutation({ mutationFn: () => post<Schema['EnrolmentTokenCreated']>('/enrolment-tokens', { label: 'first device', uses: 1, expires_in_hours: 24 }) });
  return (
    <Door title="Enrol a device">
      <p>One line on the device, where oakum-agent is installed; good for one device and a day.</p>
      {make.data ? (
        <>
          <pre>{make.data.command}</pre>
          <button onClick={() => void navigator.clipboard.writeText(make.data.command).then(() => setCopied(true))}>{copied ? 'Copied' : 'Copy'}</button>
          <p className="quiet">It is shown once; Settings, Tokens makes others.</p>
        </>
      ) : may('enrolment.edit') ? (
        <button onClick={() => make.mutate()} disabled={make.isPending}>
          Make the line
        </button>
      ) : (
        <p className="quiet">An operator can make it.</p>
      )}
      <Refused error={make.error} />
    </Door>
  );
}

function Demo() {
  const may = useMay();
  const queries = useQueryClient();
  const load = useMutation({
    mutationFn: async () => postFile<Schema['DeviceImportResult']>('/devices/import', { name: 'demo-fleet.csv', wait: 60 }, await (await fetch(fleet)).blob(), 'text/csv'),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <Door title="Load the demo fleet">
      <p>Phones, cameras, gateways and sensors of a made-up company, to look around with. They are devices like others: on a server of your own, retire them afterwards.</p>
      {may('device.import') ? (
        <button onClick={() => load.mutate()} disabled={load.isPending}>
          {load.isPending ? 'Loading …' : 'Load it'}
        </button>
      ) : (
        <p className="quiet">An operator can load it.</p>
      )}
      {load.data && <p role="status">{counted(load.data.new, 'device')} new.</p>}
      <Refused error={load.error} />
    </Door>
  );
}

function Doors() {
  return (
    <div className="doors">
      <Door title="Bring a file">
        <p>
          A table of devices, with the columns that you have, or a scan of the network: <Link to="/devices" search={{ sheet: 'import' }}>choose it</Link> and see first what it would do. So does <code>oakum device import devices.csv --dry-run</code>.
        </p>
        <p>
          What runs on a model's firmware, as an SBOM: <code>oakum sbom attach FILE --model M --version V</code>
        </p>
        <p>
          <Link to="/help" search={{ tab: 'start' }}>Start in ten minutes</Link>
        </p>
      </Door>
      <Door title="Connect an MDM">
        <p>
          There is no live connection to a management system yet. Tables that Intune and Jamf export are read as they are: <code>oakum device import export.csv</code>
        </p>
      </Door>
      <Enrol />
      <Demo />
    </div>
  );
}

function Steps({ system }: { system: Schema['System'] }) {
  return (
    <ul className="checks" aria-label="Set-up">
      {system.setup.map((step) => {
        const action = setupAction(step.step);
        return (
          <li key={step.step}>
            <span className={step.done ? 'badge tone-good' : 'badge tone-warn'}>
              <span aria-hidden="true">{step.done ? '✓' : '○'}</span> {step.done ? 'done' : 'to do'}
            </span>{' '}
            {step.sentence}{' '}
            {!step.done && (
              <Link to={action.to} search={action.search as never}>
                {action.words}
              </Link>
            )}
          </li>
        );
      })}
    </ul>
  );
}

// On Home, as long as something is left to do.
export function SetUpSummary({ system }: { system: Schema['System'] }) {
  if (system.setup.every((step) => step.done)) return null;
  return (
    <details className="setup">
      <summary>{setupTitle(system.setup)}</summary>
      <Steps system={system} />
      <p>
        <Link to="/welcome">Ways for devices to come in</Link>
      </p>
    </details>
  );
}

export function Welcome({ heading = 'No device yet' }: { heading?: string }) {
  const system = useQuery({ queryKey: ['system'], queryFn: ({ signal }) => get<Schema['System']>('/system', {}, signal) });
  return (
    <>
      <Empty title={heading}>
        <p>Four ways for devices to come in:</p>
        <Doors />
      </Empty>
      <Shown query={system} what="the set-up">
        {(data) => (
          <>
            <h2>{setupTitle(data.setup)}</h2>
            <Steps system={data} />
          </>
        )}
      </Shown>
    </>
  );
}

export function WelcomePage() {
  return (
    <>
      <h1>Welcome</h1>
      <Welcome heading="More devices" />
    </>
  );
}
