// SPDX-License-Identifier: Apache-2.0
// The first hour: four doors by which devices come in, and what a server needs before one can rely on it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { QRCodeSVG } from 'qrcode.react';
import { useState, type FormEvent, type ReactNode } from 'react';
import fleet from '../../../../../demo/fleet.csv?url';
import { get, post, postFile, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { counted } from '../../../shared/format';
import { Sheet } from '../../../shared/ui/sheet';
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
          <QRCodeSVG value={make.data.command} size={208} marginSize={4} title="The line as a QR code" role="img" />
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

// What a model's firmware is made of, so that its holes are known.
function SbomSheet({ close }: { close: () => void }) {
  const queries = useQueryClient();
  const attach = useMutation({
    mutationFn: (form: FormData) => {
      const file = form.get('file') as File;
      return postFile<Schema['SbomAttached']>('/sboms', { model: String(form.get('model')), version: String(form.get('version')), name: file.name }, file, 'application/json');
    },
    onSuccess: () => queries.invalidateQueries(),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    attach.mutate(new FormData(event.currentTarget));
  };
  return (
    <Sheet title="Attach an SBOM" close={close}>
      {attach.data ? (
        <p role="status">
          {counted(attach.data.components, 'component')} of {attach.data.model} {attach.data.version} from {attach.data.name} ({attach.data.format}). Devices of that model and version are assessed with it.
        </p>
      ) : (
        <form onSubmit={submit}>
          <label>
            CycloneDX (JSON, XML) or SPDX
            <input name="file" type="file" required accept=".json,.xml,.spdx,.gz,.zst" />
          </label>
          <label>
            Model
            <input name="model" required maxLength={128} autoComplete="off" />
          </label>
          <label>
            Firmware version
            <input name="version" required maxLength={128} autoComplete="off" />
          </label>
          <div className="actions">
            <button className="primary" disabled={attach.isPending}>
              {attach.isPending ? 'Reading it …' : 'Attach'}
            </button>
            <button type="button" onClick={close}>
              Cancel
            </button>
          </div>
        </form>
      )}
      <Refused error={attach.error} />
      {attach.data && (
        <div className="actions">
          <button className="primary" onClick={close} autoFocus>
            Close
          </button>
        </div>
      )}
    </Sheet>
  );
}

function Doors() {
  const may = useMay();
  const [attaching, setAttaching] = useState(false);
  return (
    <div className="doors">
      <Door title="Bring a file">
        <p>
          A table of devices, with the columns that you have, or a scan of the network: <Link to="/devices" search={{ sheet: 'import' }}>choose it</Link> and see first what it would do. So does <code>oakum device import devices.csv --dry-run</code>.
        </p>
        <p>
          What a model's firmware is made of, as an SBOM: {may('device.import') && <button className="inline" onClick={() => setAttaching(true)}>attach it</button>} or <code>oakum sbom attach FILE --model M --version V</code>
        </p>
        {attaching && <SbomSheet close={() => setAttaching(false)} />}
        <p>
          <Link to="/help" search={{ tab: 'start' }}>Start in ten minutes</Link>
        </p>
      </Door>
      <Door title="Connect an MDM">
        <p>
          Microsoft Intune and Android Management: <Link to="/settings" search={{ tab: 'connections' }}>connect it</Link> and phones and tablets are read from there.
        </p>
        <p>
          Tables that Intune and Jamf export are read as they are: <code>oakum device import export.csv</code>
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
