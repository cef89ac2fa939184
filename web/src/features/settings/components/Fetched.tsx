// SPDX-License-Identifier: Apache-2.0
// From where advisory data is fetched. Nothing is asked that nobody switched on.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, patch, post, postNothing, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { grouped } from '../../../shared/format';
import { SureSheet } from '../../../shared/ui/sheet';
import { Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { every, fetchedSentence, sourceBody, sourceState } from '../sources';
import { MakeSheet } from './Making';

type Source = Schema['Source'];

function ChangeSheet({ source, changed, close }: { source: Source; changed: () => Promise<unknown>; close: () => void }) {
  return (
    <MakeSheet title={`Source ${source.name}`} action="Keep it" make={async (form) => { await patch(`/sources/${source.name}`, sourceBody(form)); await changed(); }} close={close}>
      <label>
        Address{source.parts.length > 0 && ' ({} stands for each part)'}
        <input name="url" required maxLength={2048} defaultValue={source.url} autoComplete="off" autoFocus />
      </label>
      {source.parts.length > 0 && (
        <label>
          Parts (with commas)
          <input name="parts" defaultValue={source.parts.join(', ')} autoComplete="off" />
        </label>
      )}
      <label>
        Hours between two syncs
        <input name="hours" type="number" required min={0.02} max={744} step="any" defaultValue={source.every_seconds / 3600} />
      </label>
      <label>
        {source.has_key ? 'Another key (the one that is set is not shown)' : 'Key, where the publisher gives one'}
        <input name="key" type="password" maxLength={200} autoComplete="new-password" />
      </label>
    </MakeSheet>
  );
}

function Acts({ source, act, ask, change, busy }: { source: Source; act: (what: 'test' | 'sync' | 'on') => void; ask: (what: 'force' | 'off') => void; change: () => void; busy: boolean }) {
  const may = useMay();
  const name = source.name;
  return (
    <div className="actions">
      {may('feed.import') && (
        <button aria-label={`Sync now: ${name}`} disabled={busy || source.job !== null} onClick={() => act('sync')}>
          Sync now
        </button>
      )}
      {may('feed.import') && source.refused && (
        <button aria-label={`Take it anyway: ${name}`} disabled={busy || source.job !== null} onClick={() => ask('force')}>
          Take it anyway …
        </button>
      )}
      {may('source.edit') && (
        <>
          <button aria-label={`Test ${name}`} disabled={busy} onClick={() => act('test')}>
            Test
          </button>
          <button aria-label={`${source.enabled ? 'Switch off' : 'Switch on'}: ${name}`} disabled={busy} onClick={() => (source.enabled ? ask('off') : act('on'))}>
            {source.enabled ? 'Switch off …' : 'Switch on'}
          </button>
          <button aria-label={`Change ${name}`} disabled={busy} onClick={change}>
            Change …
          </button>
        </>
      )}
    </div>
  );
}

export function Fetched() {
  const queries = useQueryClient();
  const [changing, setChanging] = useState<Source | null>(null);
  const [sure, setSure] = useState<{ source: Source; what: 'force' | 'off' } | null>(null);
  const [told, setTold] = useState('');
  const sources = useQuery({ queryKey: ['sources'], queryFn: ({ signal }) => get<Schema['SourcePage']>('/sources', { limit: 200 }, signal) });
  const refresh = () => queries.invalidateQueries({ queryKey: ['sources'] });
  const act = useMutation({
    mutationFn: async ({ name, what }: { name: string; what: 'test' | 'sync' | 'force' | 'on' | 'off' }) => {
      setTold('');
      if (what === 'test') return (await postNothing<Schema['SourceTest']>(`/sources/${name}/actions/test`)).sentence;
      if (what === 'sync' || what === 'force') {
        await post<Schema['Job']>(`/sources/${name}/actions/sync`, { force: what === 'force' });
        return `The source ${name} is being synced.`;
      }
      await patch<Source>(`/sources/${name}`, { enabled: what === 'on' });
      return what === 'on' ? `The source ${name} is fetched from now on.` : `The source ${name} is asked no more; what is held stays.`;
    },
    onSuccess: setTold,
    onSettled: refresh,
  });
  return (
    <section aria-labelledby="fetched">
      <h2 id="fetched">Where it is fetched from</h2>
      <p className="notice" role="status" hidden={told === ''}>
        {told}
      </p>
      <Refused error={sure ? null : act.error} />
      <Shown query={sources} what="sources">
        {(page) => (
          <>
            <p>{fetchedSentence(page.items)}</p>
            <Table
              label="Where it is fetched from"
              same={{ command: 'oakum source list', path: '/sources' }}
              rows={page.items}
              rowKey={(row) => row.name}
              columns={[
                { title: 'Source', cell: (row) => row.name },
                { title: 'State', cell: (row) => <span className={sourceState(row).className}>{sourceState(row).words}</span> },
                { title: 'Synced', cell: (row) => <When at={row.synced} /> },
                { title: 'Next', cell: (row) => (row.enabled ? row.next ? <When at={row.next} /> : 'soon' : '–') },
                { title: 'Asked', cell: (row) => every(row.every_seconds) },
                { title: 'Records', numeric: true, cell: (row) => (row.feeds.length > 0 ? grouped(row.accepted) : '–') },
                { title: 'Rejected', numeric: true, cell: (row) => (row.feeds.length > 0 ? grouped(row.rejected) : '–') },
                { title: 'Last error', wide: true, cell: (row) => row.error ?? '–' },
                {
                  title: '',
                  cell: (row) => <Acts source={row} busy={act.isPending} act={(what) => act.mutate({ name: row.name, what })} ask={(what) => setSure({ source: row, what })} change={() => setChanging(row)} />,
                },
              ]}
            />
          </>
        )}
      </Shown>
      {sure && (
        <SureSheet title={sure.what === 'off' ? `Switch off ${sure.source.name}` : `Take what ${sure.source.name} has`} action={sure.what === 'off' ? 'Switch off' : 'Take it'} act={() => act.mutateAsync({ name: sure.source.name, what: sure.what })} close={() => setSure(null)}>
          <p>
            {sure.what === 'off'
              ? 'It is asked no more. What is held stays and grows old; what is disclosed later is not known here.'
              : `What came was refused, since it is older than what is held or has lost many of its records. Taking it replaces the ${grouped(sure.source.accepted)} records that are held, and every device is assessed anew: what the new data does not have is open nowhere any more.`}
          </p>
        </SureSheet>
      )}
      {changing && <ChangeSheet source={changing} changed={refresh} close={() => setChanging(null)} />}
    </section>
  );
}
