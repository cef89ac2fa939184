// SPDX-License-Identifier: Apache-2.0
// Other management systems: what they know of their devices is read; nothing is changed there unless rollouts may.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { del, get, patch, post, postNothing, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { counted } from '../../../shared/format';
import { Count } from '../../../shared/ui/count';
import { SureSheet } from '../../../shared/ui/sheet';
import { Empty, Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { connectionsSentence, connectorBody, connectorState, lostMany, sweepSentence } from '../connectors';
import { every } from '../sources';
import { FloorSheet } from './Floor';
import { MakeSheet } from './Making';

type Connector = Schema['Connector'];
type Kind = Schema['ConnectorKind'];
type Act = 'test' | 'sync' | 'force' | 'on' | 'off' | 'steer' | 'read' | 'forget';

// What a person does there, and what is granted, each with its reason.
function Needs({ kind }: { kind: Kind }) {
  return (
    <details open>
      <summary>What {kind.title} has to grant</summary>
      <ol>
        {kind.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <ul>
        {kind.permissions.map((permission) => (
          <li key={permission.name}>
            <code>{permission.name}</code>
            {permission.only_for_apps && ' (only with apps)'}
            {permission.only_to_steer && ' (only to have phones updated)'}: {permission.reason}.
          </li>
        ))}
      </ul>
      <p>
        <strong>What it writes there:</strong> {kind.writes}
      </p>
      {kind.can_steer && (
        <p>
          <strong>Once rollouts may write:</strong> {kind.writes_when_steering}
        </p>
      )}
    </details>
  );
}

function ConnectorSheet({ kind, connector, changed, close }: { kind: Kind; connector: Connector | null; changed: () => Promise<unknown>; close: () => void }) {
  const make = async (form: FormData) => {
    const body = connectorBody(form);
    await patch(`/connectors/${encodeURIComponent(connector?.name ?? String(form.get('name')).trim())}`, connector ? body : { ...body, enabled: true });
    await changed();
  };
  return (
    <MakeSheet title={connector ? `Connector ${connector.name}` : `Connect ${kind.title}`} action={connector ? 'Keep it' : 'Connect'} make={make} close={close}>
      <Needs kind={kind} />
      {!connector && (
        <>
          <input type="hidden" name="kind" value={kind.kind} />
          <label>
            Name here
            <input name="name" required maxLength={40} pattern="[A-Za-z0-9][A-Za-z0-9._\-]*" placeholder="hq" autoComplete="off" autoFocus />
          </label>
        </>
      )}
      <label>
        The {kind.account}
        <input name="account" required maxLength={256} defaultValue={connector?.account} autoComplete="off" />
      </label>
      <label>
        The {kind.client}
        <input name="client" required maxLength={256} defaultValue={connector?.client} autoComplete="off" />
      </label>
      <label>
        {connector ? `Another ${kind.secret} (the one that is set is not shown)` : `The ${kind.secret}`}
        <input name="secret" type="password" required={!connector} maxLength={16384} autoComplete="new-password" />
      </label>
      <label>
        Hours between two syncs
        <input name="hours" type="number" required min={0.09} max={168} step="any" defaultValue={connector ? connector.every_seconds / 3600 : 1} />
      </label>
      <label>
        <input name="apps" type="checkbox" defaultChecked={connector?.apps} /> Also which apps its devices have
      </label>
      <details>
        <summary>In a national cloud</summary>
        <label>
          It is asked at
          <input name="url" maxLength={256} defaultValue={connector?.url ?? kind.url} autoComplete="off" />
        </label>
        <label>
          It is signed in to at
          <input name="sign_in" maxLength={256} defaultValue={connector?.sign_in ?? kind.sign_in} autoComplete="off" />
        </label>
      </details>
    </MakeSheet>
  );
}

// Whether rollouts may write there: asked once more, with what that means.
function Steer({ connector, kind, act, busy }: { connector: Connector; kind: Kind; act: (what: Act) => void; busy: boolean }) {
  const [sure, setSure] = useState(false);
  const name = connector.name;
  if (connector.steers)
    return (
      <button aria-label={`Only read from ${name}`} disabled={busy} onClick={() => act('read')}>
        Only read
      </button>
    );
  return (
    <>
      {sure && <p>{kind.writes_when_steering}</p>}
      <button aria-label={`${sure ? 'Yes, let rollouts write' : 'Let rollouts write'}: ${name}`} disabled={busy} onClick={() => (sure ? act('steer') : setSure(true))}>
        {sure ? 'Yes, let rollouts write there' : 'Let rollouts write …'}
      </button>
    </>
  );
}

function Acts({ connector, kind, act, ask, change, floor, busy }: { connector: Connector; kind: Kind | undefined; act: (what: Act) => void; ask: (what: 'off' | 'force') => void; change: () => void; floor: () => void; busy: boolean }) {
  const may = useMay();
  const [sure, setSure] = useState(false);
  const name = connector.name;
  const still = busy || connector.job !== null;
  return (
    <div className="actions">
      {may('device.import') && (
        <button aria-label={`Sync now: ${name}`} disabled={still} onClick={() => act('sync')}>
          Sync now
        </button>
      )}
      {may('device.import') && lostMany(connector) && (
        <button aria-label={`Believe it anyway: ${name}`} disabled={still} onClick={() => ask('force')}>
          Believe it anyway …
        </button>
      )}
      {may('device.import') && (
        <button aria-label={`Floor for ${name}`} onClick={floor}>
          Floor …
        </button>
      )}
      {may('source.edit') && (
        <>
          <button aria-label={`Test ${name}`} disabled={busy} onClick={() => act('test')}>
            Test
          </button>
          <button aria-label={`${connector.enabled ? 'Switch off' : 'Switch on'}: ${name}`} disabled={busy} onClick={() => (connector.enabled ? ask('off') : act('on'))}>
            {connector.enabled ? 'Switch off …' : 'Switch on'}
          </button>
          {kind?.can_steer && <Steer key={String(connector.steers)} connector={connector} kind={kind} act={act} busy={busy} />}
          <button aria-label={`Change ${name}`} disabled={busy} onClick={change}>
            Change …
          </button>
          <button aria-label={`${sure ? 'Yes, forget' : 'Forget'} ${name}`} disabled={busy} onClick={() => (sure ? act('forget') : setSure(true))}>
            {sure ? 'Yes, forget it and its secret' : 'Forget …'}
          </button>
        </>
      )}
    </div>
  );
}

export function Management() {
  const may = useMay();
  const queries = useQueryClient();
  const [sheet, setSheet] = useState<{ kind: Kind; connector: Connector | null } | null>(null);
  const [floor, setFloor] = useState<Connector | null>(null);
  const [sure, setSure] = useState<{ name: string; what: 'off' | 'force'; devices: number } | null>(null);
  const [told, setTold] = useState('');
  const kinds = useQuery({ queryKey: ['connector-kinds'], queryFn: ({ signal }) => get<Schema['ConnectorKindPage']>('/connector-kinds', {}, signal) });
  const connectors = useQuery({ queryKey: ['connectors'], queryFn: ({ signal }) => get<Schema['ConnectorPage']>('/connectors', { limit: 200 }, signal) });
  const refresh = () => queries.invalidateQueries({ queryKey: ['connectors'] });
  const act = useMutation({
    mutationFn: async ({ name, what }: { name: string; what: Act }) => {
      setTold('');
      const path = `/connectors/${encodeURIComponent(name)}`;
      if (what === 'test') return (await postNothing<Schema['ConnectorTest']>(`${path}/actions/test`)).sentence;
      if (what === 'sync' || what === 'force') {
        await post<Schema['Job']>(`${path}/actions/sync`, { force: what === 'force' });
        return `The devices of ${name} are being read.`;
      }
      if (what === 'forget') {
        await del(path);
        return `The connector ${name} and its secret are forgotten; its devices stay as they are known.`;
      }
      if (what === 'steer' || what === 'read') {
        await patch<Connector>(path, { steers: what === 'steer' });
        return what === 'steer' ? `Rollouts may have the phones of ${name} updated.` : `From ${name} is only read from now on; what was set for phones there stays until it may be put back.`;
      }
      await patch<Connector>(path, { enabled: what === 'on' });
      return what === 'on' ? `The connector ${name} is synced from now on.` : `The connector ${name} is asked no more; its devices stay.`;
    },
    onSuccess: setTold,
    onSettled: refresh,
  });
  const known = kinds.data?.items ?? [];
  const kindOf = (connector: Connector) => known.find((each) => each.kind === connector.kind);
  return (
    <section aria-labelledby="management">
      <h2 id="management">Management systems</h2>
      <p className="notice" role="status" hidden={told === ''}>
        {told}
      </p>
      <Refused error={sure ? null : act.error} />
      {may('source.edit') && (
        <div className="actions">
          {known.map((kind) => (
            <button key={kind.kind} onClick={() => setSheet({ kind, connector: null })}>
              Connect {kind.title} …
            </button>
          ))}
        </div>
      )}
      <Shown query={connectors} what="management systems">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="No management system is connected">
              <p>What a system knows of its phones and tablets comes into the same inventory, is assessed with the same advisories, and nothing is changed there.</p>
              <pre>oakum connector needs intune</pre>
            </Empty>
          ) : (
            <>
              <p>{connectionsSentence(page.items)}</p>
              <Table
                label="Management systems"
                same={{ command: 'oakum connector list', path: '/connectors' }}
                rows={page.items}
                rowKey={(row) => row.name}
                columns={[
                  { title: 'Connector', cell: (row) => row.name },
                  { title: 'System', cell: (row) => row.title },
                  { title: 'State', cell: (row) => <span className={connectorState(row).className}>{connectorState(row).words}</span> },
                  { title: 'Synced', cell: (row) => <When at={row.synced} /> },
                  { title: 'Next', cell: (row) => (row.enabled ? row.next ? <When at={row.next} /> : 'soon' : '–') },
                  { title: 'Writes there', cell: (row) => (row.steers ? 'for rollouts' : 'nothing') },
                  { title: 'Asked', cell: (row) => every(row.every_seconds) },
                  { title: 'Devices', cell: (row) => <Count n={row.sweep.devices} noun="device" query={`x.connector = "${row.name}"`} /> },
                  { title: 'The last sync', wide: true, cell: (row) => row.error ?? sweepSentence(row) },
                  {
                    title: '',
                    cell: (row) => (
                      <Acts
                        connector={row}
                        kind={kindOf(row)}
                        busy={act.isPending}
                        act={(what) => act.mutate({ name: row.name, what })}
                        ask={(what) => setSure({ name: row.name, what, devices: row.sweep.devices })}
                        floor={() => setFloor(row)}
                        change={() => {
                          const kind = kindOf(row);
                          if (kind) setSheet({ kind, connector: row });
                        }}
                      />
                    ),
                  },
                ]}
              />
            </>
          )
        }
      </Shown>
      {sure && (
        <SureSheet title={sure.what === 'off' ? `Switch off ${sure.name}` : `Believe what ${sure.name} says`} action={sure.what === 'off' ? 'Switch off' : 'Believe it'} act={() => act.mutateAsync(sure)} close={() => setSure(null)}>
          <p>
            {sure.what === 'off'
              ? `It is asked no more. Its ${counted(sure.devices, 'device')} stay as they are known and grow old: what is found there later is not seen here.`
              : `It named far fewer devices than before (${counted(sure.devices, 'device')} were known). Those that it names no more are retired here with the sync that begins now: they count in no figure, and no rollout reaches them. Look first whether its account may still see all of them.`}
          </p>
        </SureSheet>
      )}
      {floor && <FloorSheet connector={floor} close={() => setFloor(null)} />}
      {sheet && <ConnectorSheet kind={sheet.kind} connector={sheet.connector} changed={refresh} close={() => setSheet(null)} />}
    </section>
  );
}
