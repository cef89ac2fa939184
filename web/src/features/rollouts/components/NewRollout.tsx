// SPDX-License-Identifier: Apache-2.0
// Who, what, how careful, with live counts. What comes out is a draft: its page says the plan in words, and nothing
// reaches a device before somebody starts it there.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useState, type FormEvent } from 'react';
import { get, post, type Schema } from '../../../shared/api/client';
import { useMe } from '../../../shared/api/me';
import { counted, grouped } from '../../../shared/format';
import { useScope } from '../../../shared/scope';
import { option, word } from '../../../shared/shell';
import { Same } from '../../../shared/ui/same';
import { Empty, Refused, Shown } from '../../../shared/ui/states';
import { cares, scopeQuery } from '../model';

// Whom a rollout can be for: a list would show what was only seen on the network too.
const living = 'lifecycle in (pending, active, quiet)';

function Form({ releases, given }: { releases: Schema['ReleaseSummary'][]; given: { release?: string; query?: string } }) {
  const navigate = useNavigate();
  const me = useMe().data;
  const [id, setId] = useState(given.release && releases.some((release) => release.id === given.release) ? given.release : releases[0]!.id);
  const [query, setQuery] = useState(given.query ?? '');
  const [priority, setPriority] = useState<Schema['Rollout']['priority']>('normal');
  const [care, setCare] = useState<(typeof cares)[number]['care']>('normal');
  const [first, setFirst] = useState('');
  const [at, setAt] = useState('');
  const [name, setName] = useState<string | null>(null);
  const release = releases.find((each) => each.id === id)!;
  const shownName = name ?? `${release.name} ${release.version}`;
  const asked = useDeferredValue(query);
  const scope = scopeQuery(release.models, asked);
  const count = useQuery({
    queryKey: ['preview', 'rollout', scope],
    queryFn: ({ signal }) => get<Schema['QueryPreview']>('/query/preview', { query: `${scope} and ${living}` }, signal),
    placeholderData: (before) => before,
  });
  const there = useQuery({
    queryKey: ['preview', 'rollout', scope, release.version],
    queryFn: ({ signal }) => get<Schema['QueryPreview']>('/query/preview', { query: `${scope} and running_version = "${release.version}" and ${living}` }, signal),
    enabled: count.data !== undefined && count.data.error == null,
  });
  const startsAt = at === '' ? null : new Date(at).toISOString();
  const before = useDeferredValue(first.trim());
  const early = useQuery({
    queryKey: ['preview', 'rollout', scope, 'first', before],
    queryFn: ({ signal }) => get<Schema['QueryPreview']>('/query/preview', { query: `(${before}) and ${scope} and ${living}` }, signal),
    enabled: before !== '' && count.data !== undefined && count.data.error == null,
  });
  const create = useMutation({
    mutationFn: () => post<Schema['Rollout']>('/rollouts', { name: shownName, release: id, query: query.trim(), care, priority, ...(first.trim() && { first: first.trim() }), ...(startsAt && { starts_at: startsAt }) }),
    onSuccess: (rollout) => navigate({ to: '/rollouts/$id', params: { id: rollout.id } }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const mistake = count.data?.error;
  const firstMistake = before === '' ? null : early.data?.error;
  return (
    <form className="form" onSubmit={submit}>
      <fieldset>
        <legend>What</legend>
        <label>
          Release
          <select value={id} onChange={(event) => setId(event.target.value)}>
            {releases.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name} {each.version} for {each.models.join(', ')}
              </option>
            ))}
          </select>
        </label>
        <p className="quiet">
          {release.fixes_count == null ? 'Without an SBOM nobody can tell what it fixes.' : `Fixes ${grouped(release.fixes_count)}, brings ${grouped(release.brings_count ?? 0)}.`} Runs on {counted(release.devices_running, 'device')} now. <Link to="/releases/$id" params={{ id }}>Look at it</Link>
        </p>
      </fieldset>
      <fieldset>
        <legend>Who</legend>
        <label>
          Devices, as a query; empty means every one that the release fits
          <input value={query} onChange={(event) => setQuery(event.target.value)} placeholder="site = &quot;Plant 3&quot;" spellCheck={false} autoCapitalize="off" maxLength={4096} />
        </label>
        <p role="status">
          {mistake ? `Column ${Math.max(1, mistake.column - 1)}: ${mistake.message}` : count.data ? `${counted(count.data.count, 'device')} of ${release.models.join(', ')} in scope${count.data.unknown > 0 ? `; for ${grouped(count.data.unknown)} it cannot be told, and they are left out` : ''}.` : ' '}
          {!mistake && there.data && there.data.count > 0 && ` ${grouped(there.data.count)} of them run ${release.version} already.`}
        </p>
        {!mistake && count.data && count.data.sample.length > 0 && <p className="quiet">For example {count.data.sample.slice(0, 5).map((device) => device.name).join(', ')}.</p>}
      </fieldset>
      <fieldset>
        <legend>How careful</legend>
        {cares.map((each) => (
          <label key={each.care} className="choice">
            <input type="radio" name="care" value={each.care} checked={care === each.care} onChange={() => setCare(each.care)} /> <strong>{each.title}</strong> <span className="quiet">{each.words}</span>
          </label>
        ))}
        <label>
          Before the others, these devices, as a query; empty means none
          <input value={first} onChange={(event) => setFirst(event.target.value)} placeholder="tag.ring = lab" spellCheck={false} autoCapitalize="off" maxLength={4096} />
        </label>
        {before !== '' && <p role="status">{firstMistake ? `Column ${Math.max(1, firstMistake.column - 1)}: ${firstMistake.message}` : early.data ? `${counted(early.data.count, 'device')} in a wave of their own, which the others wait for.` : ' '}</p>}
      </fieldset>
      <fieldset>
        <legend>When</legend>
        <label>
          It starts by itself, on your clock; empty means when somebody starts it
          <input type="datetime-local" value={at} onChange={(event) => setAt(event.target.value)} />
        </label>
      </fieldset>
      <fieldset>
        <legend>How urgent</legend>
        <label>
          Windows and freezes
          <select value={priority} onChange={(event) => setPriority(event.target.value as typeof priority)}>
            <option value="normal">normal: keep all of them</option>
            <option value="urgent">urgent: not those that yield to urgent fixes</option>
            <option value="emergency">emergency: not those that yield to anything</option>
          </select>
        </label>
      </fieldset>
      <fieldset>
        <legend>Name</legend>
        <label>
          What people call it
          <input value={shownName} onChange={(event) => setName(event.target.value)} required maxLength={128} />
        </label>
      </fieldset>
      <p className="quiet">
        Nothing reaches a device yet: the next page says the plan in words, {me?.features.approval_by_another ? 'and somebody else has to approve it there.' : startsAt ? 'and can start it earlier, or end it.' : 'and starts it.'}
      </p>
      <div className="actions">
        <button className="primary" disabled={create.isPending || mistake != null || firstMistake != null || count.data?.count === 0}>
          Make the plan
        </button>
        <Link to="/rollouts">Cancel</Link>
      </div>
      <p>
        <Same command={`oakum rollout create --name ${word(shownName)}${option('release', `${release.name}@${release.version}`)}${option('query', query.trim())} --care ${care}${first.trim() ? option('first', first.trim()) : ''}${priority === 'normal' ? '' : ` --priority ${priority}`}${startsAt ? ` --at ${startsAt}` : ''}`} />
      </p>
      {count.data?.count === 0 && !mistake && <p className="notice">No device is in scope: ask for more.</p>}
      <Refused error={create.error} />
    </form>
  );
}

export function NewRollout() {
  const { release, query } = useSearch({ strict: false }) as { release?: string; query?: string };
  const { narrow } = useScope();
  const given = { release, query: narrow(query) }; // the scope above stands in the plan's own words
  const releases = useQuery({ queryKey: ['releases', 'to roll out'], queryFn: ({ signal }) => get<Schema['ReleasePage']>('/releases', { limit: 200 }, signal) });
  return (
    <>
      <h1>New rollout</h1>
      <Shown query={releases} what="releases">
        {(page) => {
          const published = page.items.filter((release) => release.state === 'published');
          return published.length === 0 ? (
            <Empty title="There is no published release to roll out">
              <p>Publish one with its SBOM:</p>
              <pre>oakum release create --name gateway --version 1.5.0 --artifact gateway.img --model AC-GW200 --sbom gateway.cdx.json --publish</pre>
            </Empty>
          ) : (
            <Form key={given.query} releases={published} given={given} />
          );
        }}
      </Shown>
    </>
  );
}
