// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { patch, post, type Schema } from '../../../shared/api/client';
import { useEvery, useGroups, type Every } from '../../../shared/api/every';
import { useMay, useMe } from '../../../shared/api/me';
import { grouped } from '../../../shared/format';
import { ReasonSheet, Sheet, SureSheet } from '../../../shared/ui/sheet';
import { Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { groupChoices, lastAdministrator, reachOf, roleWords, scopeToSend, stateOfPerson, wideningSentence } from '../model';
import { ForgetSheet } from './ForgetSheet';
import { ProviderTest } from './ProviderTest';
import { Sessions } from './Sessions';
import { SignInRules } from './SignInRules';

type User = Schema['User'];
const roles: Schema['Role'][] = ['viewer', 'operator', 'approver', 'administrator'];

// What somebody sees. Nothing is drawn, and so nothing can be sent, before all groups are here.
function Scope({ user, groups }: { user: User | null; groups: Every<Schema['Group']> }) {
  const before = reachOf(user);
  const [reach, setReach] = useState(before);
  const [find, setFind] = useState('');
  const choices = groupChoices(groups.items, user?.scope ?? []);
  const chosen = new Set(user?.scope.map((group) => group.id));
  const hidden = (name: string) => find !== '' && !name.toLowerCase().includes(find.toLowerCase());
  const widening = wideningSentence(user?.name ?? '', before, reach);
  return (
    <fieldset>
      <legend>Sees and changes</legend>
      <label className="choice">
        <input type="radio" name="reach" value="fleet" required checked={reach === 'fleet'} onChange={() => setReach('fleet')} /> the whole fleet
      </label>
      <label className="choice">
        <input type="radio" name="reach" value="groups" checked={reach === 'groups'} disabled={choices.length === 0} onChange={() => setReach('groups')} /> {choices.length === 0 ? 'only some groups: there are none yet' : 'only these groups'}
      </label>
      {widening && (
        <p className="notice" role="alert">
          {widening}
        </p>
      )}
      {reach === 'groups' && choices.length > 12 && <input aria-label="Find a group" placeholder="Find a group" value={find} onChange={(event) => setFind(event.target.value)} autoComplete="off" />}
      <div className="choices" hidden={reach !== 'groups'}>
        {choices.map((group) => (
          <label key={group.id} className="choice" hidden={hidden(group.name)}>
            <input type="checkbox" name="scope" value={group.id} defaultChecked={chosen.has(group.id)} /> {group.name}
          </label>
        ))}
      </div>
      {groups.more && <p className="quiet">There are more groups than the {grouped(groups.items.length)} that stand here; those that {user ? user.name : 'somebody'} has stand first and are kept.</p>}
    </fieldset>
  );
}

// One sheet to add somebody, or to change what somebody may do.
function PersonSheet({ user, close }: { user: User | null; close: () => void }) {
  const queries = useQueryClient();
  const groups = useGroups();
  const [problem, setProblem] = useState('');
  const save = useMutation({
    mutationFn: ({ form, scope }: { form: FormData; scope: { scope?: string[] } }) => {
      const password = String(form.get('password'));
      const body = { role: String(form.get('role')), ...scope, ...(password ? { password } : {}) };
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
    const form = new FormData(event.currentTarget);
    const scope = scopeToSend(user?.scope.map((group) => group.id), form.get('reach') as string | null, form.getAll('scope').map(String));
    setProblem('problem' in scope ? scope.problem : '');
    if (!('problem' in scope)) save.mutate({ form, scope });
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
        <Shown query={groups} what="groups">
          {(all) => <Scope user={user} groups={all} />}
        </Shown>
        <label>
          {user ? 'New password, or empty to leave it' : 'First password, 12 characters or more'}
          <input name="password" type="password" minLength={12} maxLength={1024} required={!user} autoComplete="new-password" />
        </label>
        <div className="actions">
          <button className="primary" disabled={save.isPending || !groups.data}>
            {user ? 'Change' : 'Add'}
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
      {problem && (
        <p role="alert" className="notice">
          {problem} Nothing was changed.
        </p>
      )}
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
  const [disabling, setDisabling] = useState<User | null>(null);
  const [forgetting, setForgetting] = useState<User | null>(null);
  const users = useEvery<User>(['users'], '/users');
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
          {sheet && <PersonSheet user={sheet === 'new' ? null : sheet} close={() => setSheet(null)} />}
          {signedIn && (
            <Sheet title={`Where ${signedIn.name} is signed in`} close={() => setSignedIn(null)}>
              <Sessions user={signedIn} />
              <div className="actions">
                <button onClick={() => setSignedIn(null)}>Close</button>
              </div>
            </Sheet>
          )}
          <Refused error={disabling ? null : toggle.error} />
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
                        <button aria-label={`${row.disabled ? 'Enable' : 'Disable'} ${row.name}`} className={row.disabled ? undefined : 'danger'} disabled={toggle.isPending} onClick={() => (row.disabled ? toggle.mutate(row) : setDisabling(row))}>
                          {row.disabled ? 'Enable' : 'Disable …'}
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
          {disabling && (
            <SureSheet title={`Disable ${disabling.name}`} action="Disable" act={() => toggle.mutateAsync(disabling)} close={() => setDisabling(null)}>
              <p>Their sessions and tokens end at once, and what runs with a token of theirs stops. They can be enabled again here; the tokens stay ended.</p>
            </SureSheet>
          )}
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
