// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { get, patch, post, type Schema } from '../../../shared/api/client';
import { useMay, useMe } from '../../../shared/api/me';
import { ReasonSheet, Sheet } from '../../../shared/ui/sheet';
import { Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { lastAdministrator, roleWords, stateOfPerson } from '../model';
import { ForgetSheet } from './ForgetSheet';
import { ProviderTest } from './ProviderTest';
import { Sessions } from './Sessions';
import { SignInRules } from './SignInRules';

type User = Schema['User'];
const roles: Schema['Role'][] = ['viewer', 'operator', 'approver', 'administrator'];

function Scope({ groups, chosen }: { groups: Schema['Group'][]; chosen: string[] }) {
  if (groups.length === 0) return null;
  return (
    <fieldset>
      <legend>Sees and changes only these groups; none chosen means the whole fleet</legend>
      {groups.map((group) => (
        <label key={group.id} className="choice">
          <input type="checkbox" name="scope" value={group.id} defaultChecked={chosen.includes(group.id)} /> {group.name}
        </label>
      ))}
    </fieldset>
  );
}

// One sheet to add somebody, or to change what somebody may do.
function PersonSheet({ user, groups, close }: { user: User | null; groups: Schema['Group'][]; close: () => void }) {
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (form: FormData) => {
      const password = String(form.get('password'));
      const body = { role: String(form.get('role')), scope: form.getAll('scope').map(String), ...(password ? { password } : {}) };
      return user ? patch<User>(`/users/${user.id}`, body, user.version) : post<User>('/users', { name: String(form.get('name')), ...body });
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['users'] });
      close();
    },
    // Somebody was first: what is on the screen behind is theirs.
    onError: () => queries.invalidateQueries({ queryKey: ['users'] }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate(new FormData(event.currentTarget));
  };
  return (
    <Sheet title={user ? `Change: ${user.name}` : 'Add a person'} close={close}>
      <form onSubmit={submit}>
        {!user && (
          <label>
            Name
            <input name="name" required maxLength={128} pattern="[A-Za-z0-9._@\-]+" title="Letters, digits, and . _ - @" autoComplete="off" autoFocus />
          </label>
        )}
        <label>
          Role
          <select name="role" defaultValue={user?.role ?? 'viewer'}>
            {roles.map((role) => (
              <option key={role} value={role}>
                {role}: {roleWords(role)}
              </option>
            ))}
          </select>
        </label>
        <Scope groups={groups} chosen={user?.scope.map((group) => group.id) ?? []} />
        <label>
          {user ? 'New password, or empty to leave it' : 'First password, 12 characters or more'}
          <input name="password" type="password" minLength={12} maxLength={1024} required={!user} autoComplete="new-password" />
        </label>
        <div className="actions">
          <button className="primary" disabled={save.isPending}>
            {user ? 'Change' : 'Add'}
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
      <Refused error={save.error} />
    </Sheet>
  );
}

export function People() {
  const queries = useQueryClient();
  const me = useMe().data;
  const may = useMay();
  const [sheet, setSheet] = useState<User | 'new' | null>(null);
  const [signedIn, setSignedIn] = useState<User | null>(null);
  const [reset, setReset] = useState<User | null>(null);
  const [forgetting, setForgetting] = useState<User | null>(null);
  const users = useQuery({ queryKey: ['users'], queryFn: ({ signal }) => get<Schema['UserPage']>('/users', { limit: 200 }, signal) });
  const groups = useQuery({ queryKey: ['groups'], queryFn: ({ signal }) => get<Schema['GroupPage']>('/groups', { limit: 200 }, signal), enabled: may('user.edit') });
  const toggle = useMutation({
    mutationFn: (user: User) => patch<User>(`/users/${user.id}`, { disabled: !user.disabled }, user.version),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }),
  });
  return (
    <Shown query={users} what="people">
      {(page) => (
        <>
          {may('user.edit') && (
            <div className="actions">
              <button className="primary" onClick={() => setSheet('new')}>
                Add a person
              </button>
            </div>
          )}
          {sheet && <PersonSheet user={sheet === 'new' ? null : sheet} groups={groups.data?.items ?? []} close={() => setSheet(null)} />}
          {signedIn && (
            <Sheet title={`Where ${signedIn.name} is signed in`} close={() => setSignedIn(null)}>
              <Sessions user={signedIn} />
              <div className="actions">
                <button onClick={() => setSignedIn(null)}>Close</button>
              </div>
            </Sheet>
          )}
          <Refused error={toggle.error} />
          <Table
            label="People"
            same={{ command: 'oakum user list', path: '/users', parameters: { limit: 500 } }}
            rows={page.items}
            rowKey={(row) => row.id}
            columns={[
              { title: 'Name', cell: (row) => `${row.name}${row.id === me?.id ? ' (you)' : ''}` },
              { title: 'Role', wide: true, cell: (row) => `${row.role}: ${roleWords(row.role)}` },
              { title: 'Sees', cell: (row) => (row.scope.length === 0 ? 'the whole fleet' : row.scope.map((group) => group.name).join(', ')) },
              { title: 'Since', cell: (row) => <When at={row.created} /> },
              { title: 'State', cell: (row) => stateOfPerson(row) },
              { title: 'Second factor', cell: (row) => (row.identity ? 'at the provider' : row.second_factor ? 'yes' : 'no') },
              {
                title: '',
                cell: (row) =>
                  may('user.edit') && (
                    <div className="row-actions">
                      <button aria-label={`Change ${row.name}`} onClick={() => setSheet(row)}>
                        Change
                      </button>
                      <button aria-label={`Sessions of ${row.name}`} onClick={() => setSignedIn(row)}>
                        Sessions
                      </button>
                      {row.second_factor && row.id !== me?.id && (
                        <button aria-label={`Reset factor of ${row.name}`} onClick={() => setReset(row)}>
                          Reset factor
                        </button>
                      )}
                      {row.id !== me?.id && !lastAdministrator(page.items, row.id) && (
                        <button aria-label={`${row.disabled ? 'Enable' : 'Disable'} ${row.name}`} className={row.disabled ? undefined : 'danger'} disabled={toggle.isPending} onClick={() => toggle.mutate(row)}>
                          {row.disabled ? 'Enable' : 'Disable'}
                        </button>
                      )}
                      {row.disabled && !row.break_glass && !row.name.startsWith('forgotten-') && (
                        <button aria-label={`Forget ${row.name}`} className="danger" onClick={() => setForgetting(row)}>
                          Forget …
                        </button>
                      )}
                    </div>
                  ),
              },
            ]}
          />
          {forgetting && <ForgetSheet user={forgetting} close={() => setForgetting(null)} />}
          {reset && (
            <ReasonSheet
              title={`Reset the second factor of ${reset.name}`}
              action="Reset"
              danger
              act={(why) => post<User>(`/users/${reset.id}/actions/reset-totp`, { why })}
              done={() => queries.invalidateQueries({ queryKey: ['users'] })}
              close={() => setReset(null)}
            >
              <p>Make sure that it is {reset.name} who asks. Their sessions end, and their password alone lets them in until they set up another.</p>
            </ReasonSheet>
          )}
          <p className="quiet">Disabling somebody ends their sessions and tokens at once; it can be undone here. A new role, scope or password ends their sessions.</p>
          {may('user.edit') && <SignInRules users={page.items} />}
          {may('user.edit') && <ProviderTest />}
        </>
      )}
    </Shown>
  );
}
