// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Navigate, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { signOut } from '../features/session/api';
import { get, Problem, type Schema } from '../shared/api/client';
import { useLive } from '../shared/api/live';
import { useMe } from '../shared/api/me';
import { ErrorState, Loading } from '../shared/ui/states';
import { When } from '../shared/ui/when';
import { asked, isAdvisoryId } from './search';

const pages = [
  ['/', 'Home'],
  ['/fixes', 'Fixes'],
  ['/vulnerabilities', 'Vulnerabilities'],
  ['/devices', 'Devices'],
  ['/releases', 'Releases'],
  ['/rollouts', 'Rollouts'],
  ['/proof', 'Proof'],
  ['/settings', 'Settings'],
] as const;

function SearchBox() {
  const box = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const [trouble, setTrouble] = useState('');
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLSelectElement;
      if (event.key === '/' && !typing) {
        event.preventDefault();
        box.current?.focus();
      }
    };
    window.addEventListener('keydown', focus);
    return () => window.removeEventListener('keydown', focus);
  }, []);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const text = asked(box.current?.value ?? '');
    if (text === '') return;
    setTrouble('');
    try {
      const found = await get<Schema['SearchResults']>('/search', { q: text });
      const first = found.items[0];
      if (first?.kind === 'device') await navigate({ to: '/devices/$id', params: { id: first.id } });
      else if (first?.kind === 'rollout') await navigate({ to: '/rollouts/$id', params: { id: first.id } });
      else if (first?.kind === 'release') await navigate({ to: '/releases/$id', params: { id: first.id } });
      else if (first?.kind === 'component') await navigate({ to: '/devices', search: { query: `component("${first.id}")` } });
      else if (first?.kind === 'group') await navigate({ to: '/devices', search: { query: `group = "${first.title}"` } });
      else if (first || isAdvisoryId(text)) await navigate({ to: '/vulnerabilities/$id', params: { id: first?.id ?? text.toUpperCase() } });
      else setTrouble(`Nothing is named "${text}": no device, serial, group, vulnerability, component, release or rollout.`);
    } catch (error) {
      setTrouble(`Not searched: ${error instanceof Error ? error.message : 'the server did not answer.'}`);
    }
  };
  return (
    <form role="search" onSubmit={(event) => void submit(event)}>
      <input ref={box} type="search" aria-label="Search for a CVE, device, serial, release or rollout (key /)" placeholder="CVE, device, serial, release …   /" />
      {trouble && <span role="alert">{trouble}</span>}
    </form>
  );
}

// What concerns this server: said where one looks for how things are, and where one can do something about it.
function Notices({ system }: { system: Schema['System'] | undefined }) {
  const { pathname } = useLocation();
  return (
    <>
      {system?.offline_keys_here && ['/', '/releases'].includes(pathname) && (
        <p className="notice" role="status">
          The signing keys for publishing are still on this machine. Move the folder <code>keys/offline</code> away; everything but publishing goes on without it.
        </p>
      )}
      {system?.clock_warnings.map((warning) => (
        <p key={warning} className="notice" role="alert">
          {warning}
        </p>
      ))}
    </>
  );
}

export function Frame() {
  const me = useMe();
  const system = useQuery({ queryKey: ['system'], queryFn: ({ signal }) => get<Schema['System']>('/system', {}, signal), enabled: me.isSuccess, refetchInterval: 30_000 });
  const queries = useQueryClient();
  useLive(me.isSuccess);
  if (me.isError && me.error instanceof Problem && me.error.status === 401) return <Navigate to="/sign-in" />;
  if (me.isError) return <ErrorState error={me.error} retry={() => void me.refetch()} />;
  if (!me.data) return <Loading what="Oakum" />;
  return (
    <div className="frame">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header>
        <Link to="/" className="brand">
          Oakum
        </Link>
        <SearchBox />
        <span className="quiet" title="When advisory data was last imported">
          {system.data && (
            <>
              data as of <When at={system.data.data_as_of} />
            </>
          )}
        </span>
        <span className="who">
          {me.data.name} <span className="quiet">({me.data.role})</span>
        </span>
        <button
          onClick={() =>
            void signOut().then(() => {
              queries.clear();
              window.location.assign('/sign-in');
            })
          }
        >
          Sign out
        </button>
      </header>
      <nav aria-label="Pages">
        {pages.map(([to, title]) => (
          <Link key={to} to={to} activeOptions={{ exact: to === '/' }}>
            {title}
          </Link>
        ))}
      </nav>
      <main id="content" tabIndex={-1}>
        <Notices system={system.data} />
        <Outlet />
      </main>
    </div>
  );
}
