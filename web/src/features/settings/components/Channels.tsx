// SPDX-License-Identifier: Apache-2.0
// Where alarms are told. What is secret of a channel is sent once and never shown again.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { del, get, patch, post, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { Sheet } from '../../../shared/ui/sheet';
import { Empty, Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { channelBody, channelKinds, channelPatch, channelState, type ChannelKind } from '../channels';
import { MakeSheet, Once } from './Making';

type Channel = Schema['Channel'];

function AddSheet({ added, close }: { added: (made: Schema['ChannelCreated']) => Promise<unknown>; close: () => void }) {
  const [kind, setKind] = useState<ChannelKind>('mail');
  const words = channelKinds[kind];
  return (
    <MakeSheet title="New channel" action="Add it" make={async (form) => added(await post<Schema['ChannelCreated']>('/channels', channelBody(form)))} close={close}>
      <label>
        Kind
        <select name="kind" value={kind} onChange={(event) => setKind(event.target.value as ChannelKind)}>
          {Object.entries(channelKinds).map(([value, each]) => (
            <option key={value} value={value}>
              {each.title}
            </option>
          ))}
        </select>
      </label>
      <label>
        Name
        <input name="name" required maxLength={64} autoFocus autoComplete="off" />
      </label>
      <label>
        {words.address}
        <input name="address" required maxLength={2048} placeholder={words.example} autoComplete="off" />
      </label>
      {kind === 'mail' && (
        <>
          <label>
            From
            <input name="sender" type="email" required maxLength={254} autoComplete="off" />
          </label>
          <label>
            To (several with commas)
            <input name="recipients" type="email" multiple required autoComplete="off" />
          </label>
          <label>
            Account (when the server wants one)
            <input name="account" maxLength={254} autoComplete="off" />
          </label>
        </>
      )}
      {words.secret && (
        <label>
          {words.secret}
          <input name="secret" type="password" maxLength={512} autoComplete="new-password" />
        </label>
      )}
      <label>
        What it is told
        <select name="pace" defaultValue="digest">
          <option value="digest">what is urgent at once, all that is open once a day</option>
          <option value="at_once">each alarm as it comes</option>
        </select>
      </label>
    </MakeSheet>
  );
}

// What is not filled in stays; the secret is not shown, and stays too unless the address changes.
function ChangeSheet({ channel, changed, close }: { channel: Channel; changed: () => Promise<unknown>; close: () => void }) {
  const words = channelKinds[channel.kind];
  const [moves, setMoves] = useState(false);
  return (
    <MakeSheet title={`Change ${channel.name}`} action="Change it" make={async (form) => { await patch<Channel>(`/channels/${channel.id}`, channelPatch(channel, form)); return changed(); }} close={close}>
      <label>
        Name
        <input name="name" required maxLength={64} defaultValue={channel.name} autoFocus autoComplete="off" />
      </label>
      <label>
        {words.address} (empty: stays {channel.server})
        <input name="address" maxLength={2048} placeholder={words.example} autoComplete="off" onChange={(event) => setMoves(event.target.value.trim() !== '')} />
      </label>
      {channel.kind === 'mail' && (
        <>
          <label>
            From
            <input name="sender" type="email" required maxLength={254} defaultValue={channel.sender ?? ''} autoComplete="off" />
          </label>
          <label>
            To (several with commas)
            <input name="recipients" type="email" multiple required defaultValue={channel.recipients.join(', ')} autoComplete="off" />
          </label>
          <label>
            Account (when the server wants one)
            <input name="account" maxLength={254} defaultValue={channel.account ?? ''} autoComplete="off" />
          </label>
        </>
      )}
      {words.secret && (
        <label>
          {moves ? 'Secret, anew: what is kept is sent to no other address' : 'Secret (empty: stays)'}
          <input name="secret" type="password" maxLength={512} autoComplete="new-password" required={moves && (channel.kind === 'webhook' || channel.account !== null)} />
        </label>
      )}
      <label>
        What it is told
        <select name="pace" defaultValue={channel.pace}>
          <option value="digest">what is urgent at once, all that is open once a day</option>
          <option value="at_once">each alarm as it comes</option>
        </select>
      </label>
    </MakeSheet>
  );
}

export function Channels() {
  const queries = useQueryClient();
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [removing, setRemoving] = useState<Channel | null>(null);
  const [changing, setChanging] = useState<Channel | null>(null);
  const channels = useQuery({ queryKey: ['channels'], queryFn: ({ signal }) => get<Schema['ChannelPage']>('/channels', { limit: 200 }, signal) });
  const refresh = () => queries.invalidateQueries({ queryKey: ['channels'] });
  const test = useMutation({ mutationFn: (id: string) => post<Schema['ChannelTest']>(`/channels/${id}/actions/test`), onSettled: refresh });
  const remove = useMutation({ mutationFn: (id: string) => del<void>(`/channels/${id}`), onSuccess: async () => { await refresh(); setRemoving(null); } });
  return (
    <section aria-labelledby="channels">
      <h2 id="channels">Channels</h2>
      <p>Alarms are told here too, each message with a link to the page where one can act.</p>
      {may('channel.edit') && (
        <div className="actions">
          <button onClick={() => setAdding(true)}>New channel</button>
        </div>
      )}
      {test.data && (
        <p className="notice" role="status">
          {test.data.sentence}
        </p>
      )}
      <Refused error={test.error} />
      <Shown query={channels} what="channels">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="No channel yet">
              <p>Without one, alarms are told on the page Alarms only. In a terminal:</p>
              <pre>oakum channel add --name "on call" --kind mail --address smtp://mail.example.org:587 --from oakum@example.org --to you@example.org</pre>
            </Empty>
          ) : (
            <Table
              label="Channels"
              same={{ command: 'oakum channel list', path: '/channels', parameters: { limit: 500 } }}
              rows={page.items}
              rowKey={(row) => row.id}
              columns={[
                { title: 'Name', cell: (row) => row.name },
                { title: 'Kind', cell: (row) => channelKinds[row.kind].title },
                { title: 'Where', wide: true, cell: (row) => (row.recipients.length > 0 ? `${row.recipients.join(', ')} by ${row.server}` : row.server) },
                { title: 'Told', cell: (row) => (row.pace === 'digest' ? 'urgent at once, all once a day' : 'each as it comes') },
                { title: 'Last arrived', cell: (row) => <When at={row.delivered} /> },
                { title: 'Last error', wide: true, cell: (row) => channelState(row) },
                ...(may('channel.edit')
                  ? [
                      {
                        title: '',
                        cell: (row: Channel) => (
                          <div className="actions">
                            <button aria-label={`Test ${row.name}`} disabled={test.isPending} onClick={() => test.mutate(row.id)}>
                              Test
                            </button>
                            <button aria-label={`Change ${row.name}`} onClick={() => setChanging(row)}>
                              Change …
                            </button>
                            <button className="danger" aria-label={`Remove ${row.name}`} onClick={() => setRemoving(row)}>
                              Remove …
                            </button>
                          </div>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
          )
        }
      </Shown>
      {adding && (
        <AddSheet
          added={(made) => {
            if (made.secret) setSecret(made.secret);
            return refresh();
          }}
          close={() => setAdding(false)}
        />
      )}
      {changing && <ChangeSheet channel={changing} changed={refresh} close={() => setChanging(null)} />}
      {secret && (
        <Once made={{ title: 'The key of the signature', lines: [secret], use: 'The receiver checks the header Oakum-Signature with it.' }} close={() => setSecret(null)} />
      )}
      {removing && (
        <Sheet title={`Remove ${removing.name}?`} close={() => setRemoving(null)}>
          <p>Nothing more is told there, also not what is on its way. Its address and secret are forgotten.</p>
          <div className="actions">
            <button className="danger" disabled={remove.isPending} onClick={() => remove.mutate(removing.id)}>
              Remove
            </button>
            <button onClick={() => setRemoving(null)}>Cancel</button>
          </div>
          <Refused error={remove.error} />
        </Sheet>
      )}
    </section>
  );
}
