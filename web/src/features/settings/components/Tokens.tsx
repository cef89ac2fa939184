// SPDX-License-Identifier: Apache-2.0
// Tokens of the API, and tokens with which devices enrol. A secret is shown once.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post, type Schema } from '../../../shared/api/client';
import { useGroups } from '../../../shared/api/every';
import { useMay } from '../../../shared/api/me';
import { counted, grouped } from '../../../shared/format';
import { More, usePages } from '../../../shared/ui/pages';
import { RemoveSheet } from '../../../shared/ui/remove';
import { Shown } from '../../../shared/ui/states';
import { Table, type Column } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { tokenState } from '../model';
import { MakeSheet, Once, type Made } from './Making';

const scopes: Schema['TokenScope'][] = ['read', 'operate', 'approve', 'administer'];

interface Token {
  id: string;
  label: string;
  expires: string;
  revoked: boolean;
  uses_left?: number;
}
// The columns that say how long a token is good, and end it for who may.
function life<T extends Token>(revoke: ((token: Token) => void) | null): Column<T>[] {
  return [
    { title: 'Ends', cell: (row) => <When at={row.expires} /> },
    { title: 'State', cell: (row) => tokenState(row, Date.now()) },
    {
      title: '',
      cell: (row) =>
        revoke !== null &&
        tokenState(row, Date.now()) === 'usable' && (
          <button className="danger" aria-label={`Revoke ${row.label}`} onClick={() => revoke(row)}>
            Revoke …
          </button>
        ),
    },
  ];
}

const label = (
  <label>
    What it is for
    <input name="label" required maxLength={128} autoFocus autoComplete="off" />
  </label>
);

function Enrolment({ show }: { show: (made: Made) => void }) {
  const queries = useQueryClient();
  const may = useMay();
  const [open, setOpen] = useState(false);
  const tokens = usePages<Schema['EnrolmentToken']>(['tokens', 'enrolment'], '/enrolment-tokens', {}, 100);
  const groups = useGroups();
  const refresh = () => queries.invalidateQueries({ queryKey: ['tokens', 'enrolment'] });
  const [revoking, setRevoking] = useState<Token | null>(null);
  const make = async (form: FormData) => {
    const group = String(form.get('group') ?? '');
    const created = await post<Schema['EnrolmentTokenCreated']>('/enrolment-tokens', {
      label: String(form.get('label')),
      uses: Number(form.get('uses')),
      expires_in_hours: Number(form.get('hours')),
      ...(group ? { group } : {}),
    });
    await refresh();
    show({ title: 'Run this on the device', lines: [created.command], scan: true });
  };
  return (
    <section aria-labelledby="enrolment">
      <h2 id="enrolment">Letting devices in</h2>
      {may('enrolment.edit') && (
        <div className="actions">
          <button onClick={() => setOpen(true)}>New enrolment token</button>
        </div>
      )}
      {open && (
        <MakeSheet title="New enrolment token" action="Make it" make={make} close={() => setOpen(false)}>
          {label}
          <label>
            How many devices may use it
            <input name="uses" type="number" min={1} max={1_000_000} defaultValue={1} required />
          </label>
          <label>
            For how many hours
            <input name="hours" type="number" min={1} max={8784} defaultValue={24} required />
          </label>
          <Shown query={groups} what="groups">
            {(all) => all.items.length > 0 && (
            <label>
              Group that they join{all.more && ' (not all of them stand here)'}
              <select name="group" defaultValue="">
                <option value="">none</option>
                {all.items.filter((group) => group.query == null).map((group) => (
                  <option key={group.id} value={group.id}>
                    {group.name}
                  </option>
                ))}
              </select>
            </label>
            )}
          </Shown>
        </MakeSheet>
      )}
      {revoking && (
        <RemoveSheet name={revoking.label} action="Revoke" path={`/enrolment-tokens/${revoking.id}`} refresh="tokens" close={() => setRevoking(null)}>
          <p>No further device enrols with it: {counted(revoking.uses_left ?? 0, 'use')} that {revoking.uses_left === 1 ? 'is' : 'are'} left {revoking.uses_left === 1 ? 'is' : 'are'} lost, also of lines that were copied already. Devices that enrolled stay. It cannot be undone.</p>
        </RemoveSheet>
      )}
      <Shown query={tokens} what="enrolment tokens">
        {(page) =>
          page.items.length === 0 ? (
            <p className="quiet">None: no device can enrol now.</p>
          ) : (
            <>
            <Table
              label="Enrolment tokens"
              same={{ command: 'oakum enrolment list', path: '/enrolment-tokens', parameters: { limit: 500 } }}
              rows={page.items}
              rowKey={(row) => row.id}
              columns={[
                { title: 'For', wide: true, cell: (row) => row.label },
                { title: 'Group', cell: (row) => row.group?.name ?? '–' },
                { title: 'Uses left', numeric: true, cell: (row) => grouped(row.uses_left) },
                ...life(may('enrolment.edit') ? setRevoking : null),
              ]}
            />
            <More list={tokens} what="tokens" />
            </>
          )
        }
      </Shown>
    </section>
  );
}

function Api({ show }: { show: (made: Made) => void }) {
  const queries = useQueryClient();
  const may = useMay();
  const [open, setOpen] = useState(false);
  const tokens = usePages<Schema['Token']>(['tokens', 'api'], '/tokens', {}, 100);
  const refresh = () => queries.invalidateQueries({ queryKey: ['tokens', 'api'] });
  const [revoking, setRevoking] = useState<Token | null>(null);
  const make = async (form: FormData) => {
    const created = await post<Schema['TokenCreated']>('/tokens', { label: String(form.get('label')), scopes: form.getAll('scopes').map(String), expires_in_days: Number(form.get('days')) });
    await refresh();
    show({ title: 'The new API token', lines: [created.secret] });
  };
  return (
    <section aria-labelledby="api">
      <h2 id="api">API and command line</h2>
      {may('token.edit') && (
        <div className="actions">
          <button onClick={() => setOpen(true)}>New API token</button>
        </div>
      )}
      {open && (
        <MakeSheet title="New API token" action="Make it" make={make} close={() => setOpen(false)}>
          {label}
          <fieldset>
            <legend>What it may do, never more than you may</legend>
            {scopes.map((scope) => (
              <label key={scope} className="choice">
                <input type="checkbox" name="scopes" value={scope} defaultChecked={scope === 'read'} /> {scope}
              </label>
            ))}
          </fieldset>
          <label>
            For how many days
            <input name="days" type="number" min={1} max={366} defaultValue={30} required />
          </label>
        </MakeSheet>
      )}
      {revoking && (
        <RemoveSheet name={revoking.label} action="Revoke" path={`/tokens/${revoking.id}`} refresh="tokens" close={() => setRevoking(null)}>
          <p>Whatever uses it is refused at once. It cannot be undone: a new one is made instead.</p>
        </RemoveSheet>
      )}
      <Shown query={tokens} what="API tokens">
        {(page) =>
          page.items.length === 0 ? (
            <p className="quiet">None yet.</p>
          ) : (
            <>
            <Table
              label="API tokens"
              same={{ command: 'oakum token list', path: '/tokens', parameters: { limit: 500 } }}
              rows={page.items}
              rowKey={(row) => row.id}
              columns={[
                { title: 'For', wide: true, cell: (row) => row.label },
                { title: 'Of', cell: (row) => row.user.name },
                { title: 'May', cell: (row) => row.scopes.join(', ') },
                ...life(may('token.edit') ? setRevoking : null),
              ]}
            />
            <More list={tokens} what="tokens" />
            </>
          )
        }
      </Shown>
    </section>
  );
}

export function Tokens() {
  const may = useMay();
  const [made, setMade] = useState<Made | null>(null);
  return (
    <>
      {made && <Once made={made} close={() => setMade(null)} />}
      {may('enrolment.read') && <Enrolment show={setMade} />}
      {may('token.read') && <Api show={setMade} />}
      <p className="quiet">What is revoked is refused at once; it cannot be undone, a new one is made instead.</p>
    </>
  );
}
