// SPDX-License-Identifier: Apache-2.0
// How exposed devices are, told by where they are: a rule is a group by query that its devices inherit from, so that it holds for those to come, and is undone by removing it.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { get, post, type Schema } from '../../../shared/api/client';
import { useGroups } from '../../../shared/api/every';
import { useMay } from '../../../shared/api/me';
import { counted, grouped } from '../../../shared/format';
import { useSettled } from '../../../shared/settled';
import { Count } from '../../../shared/ui/count';
import { RemoveSheet } from '../../../shared/ui/remove';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { exposureRules, exposures, placeQuery, places, ruleName, type Place } from '../deadlines';
import { MakeSheet } from './Making';

type Preview = Schema['QueryPreview'];

function RuleSheet({ made, close }: { made: () => Promise<unknown>; close: () => void }) {
  const [place, setPlace] = useState<Place>('subnet');
  const [value, setValue] = useState('');
  const asked = useSettled(value.trim(), 250);
  const query = asked === '' ? undefined : placeQuery(place, asked);
  const all = useQuery({ queryKey: ['devices', 'preview', query], enabled: query !== undefined, queryFn: ({ signal }) => get<Preview>('/query/preview', { query }, signal) });
  const settles = useQuery({
    queryKey: ['devices', 'preview', query, 'unknown'],
    enabled: query !== undefined && all.data?.error === null,
    queryFn: ({ signal }) => get<Preview>('/query/preview', { query: `(${query}) and not exists(exposure)` }, signal),
  });
  return (
    <MakeSheet
      title="How exposed is what stands there?"
      action="Make the rule"
      make={async (form) => {
        await post<Schema['Group']>('/groups', { name: ruleName(place, value), query: placeQuery(place, value), defaults: { exposure: String(form.get('exposure')) } });
        await made();
      }}
      close={close}
    >
      <label>
        Devices of
        <select value={place} onChange={(event) => setPlace(event.target.value as Place)}>
          {Object.entries(places).map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        Which
        <input name="value" required maxLength={80} autoFocus autoComplete="off" value={value} onChange={(event) => setValue(event.target.value)} placeholder={place === 'subnet' ? '10.1.0.0/16' : place === 'zone' ? 'production' : 'Plant 3'} />
      </label>
      <label>
        are
        <select name="exposure" defaultValue="internal">
          {Object.entries(exposures).map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {all.data?.error && <p role="alert" className="notice">{all.data.error.message}</p>}
      {all.data && !all.data.error && settles.data && (
        <p role="status">
          {counted(all.data.count, 'device')} today, of which {grouped(settles.data.count)} {settles.data.count === 1 ? 'has' : 'have'} no exposure yet and {settles.data.count === 1 ? 'gets' : 'get'} it from this rule; what a device or a person says itself stays. It holds for devices to come too, and removing it undoes it.
        </p>
      )}
    </MakeSheet>
  );
}

export function ExposureRules() {
  const queries = useQueryClient();
  const may = useMay();
  const [making, setMaking] = useState(false);
  const groups = useGroups();
  const open = useQuery({ queryKey: ['devices', 'preview', 'no exposure'], queryFn: ({ signal }) => get<Preview>('/query/preview', { query: 'not exists(exposure)' }, signal) });
  const refresh = () => Promise.all(['groups', 'devices', 'exposure'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  const [removing, setRemoving] = useState<Schema['Group'] | null>(null);
  return (
    <section aria-labelledby="exposure-rules">
      <h2 id="exposure-rules">Exposure by place</h2>
      <p>
        {open.data && open.data.count > 0 ? (
          <>
            For <Link to="/devices" search={{ query: 'not exists(exposure)' }}>{counted(open.data.count, 'device')}</Link> nobody said how exposed they are: they count as exposed, which is marked as assumed. A rule settles it for all that stand in a subnet, a zone or a site.
          </>
        ) : (
          'Every device has an exposure. A rule says it for all that stand in a subnet, a zone or a site.'
        )}
      </p>
      {may('group.edit') && (
        <div className="actions">
          <button onClick={() => setMaking(true)}>New rule</button>
        </div>
      )}
      <Shown query={groups} what="rules">
        {(page) => {
          const rules = exposureRules(page.items);
          return rules.length === 0 ? (
            <Empty title="No rule yet">
              <p>In a terminal:</p>
              <pre>oakum group create --name "Exposure of zone production" --query 'zone = production' --default exposure=isolated</pre>
            </Empty>
          ) : (
            <Table
              label="Exposure by place"
              same={{ command: 'oakum group list', path: '/groups', parameters: { limit: 500 }, one: true }}
              rows={rules}
              rowKey={(row) => row.id}
              columns={[
                { title: 'Rule', cell: (row) => row.name },
                { title: 'Devices', wide: true, cell: (row) => <Link to="/devices" search={{ query: row.query ?? undefined }}>{row.query}</Link> },
                { title: 'Number', numeric: true, cell: (row) => <Count n={row.devices} query={row.query ?? undefined} label={`${grouped(row.devices)} by ${row.name}`} /> },
                { title: 'Exposure', cell: (row) => row.defaults['exposure'] },
                ...(may('group.edit')
                  ? [
                      {
                        title: '',
                        cell: (row: Schema['Group']) => (
                          <button onClick={() => setRemoving(row)} aria-label={`Undo ${row.name}`}>
                            Undo …
                          </button>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
          );
        }}
      </Shown>
      {removing && (
        <RemoveSheet name={removing.name} path={`/groups/${removing.id}`} refresh={['groups', 'devices', 'device', 'exposure', 'fixes', 'figures']} close={() => setRemoving(null)}>
          <p>
            <Count n={removing.devices} noun="device" query={removing.query ?? undefined} /> {removing.devices === 1 ? 'inherits' : 'inherit'} "{removing.defaults['exposure']}" from it. Those for which nobody else says how exposed they are count as exposed from then on, which is marked as assumed, and their deadlines move.
          </p>
        </RemoveSheet>
      )}
      {making && <RuleSheet made={refresh} close={() => setMaking(false)} />}
    </section>
  );
}
