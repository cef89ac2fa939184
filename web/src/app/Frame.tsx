// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Navigate, Outlet, useLocation, useRouter } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import { SearchBox } from '../features/search/components/SearchBox';
import { signOut } from '../features/session/api';
import { Authenticator } from '../features/settings/components/Authenticator';
import { get, Problem, type Schema } from '../shared/api/client';
import { useLive } from '../shared/api/live';
import { useMe } from '../shared/api/me';
import { counted } from '../shared/format';
import { ErrorState, Loading } from '../shared/ui/states';
import { ViewLinks } from '../shared/ui/savedviews';
import { When } from '../shared/ui/when';
import { ScopeBox } from './ScopeBox';

const pages = [
  ['/', 'Home'],
  ['/fixes', 'Fixes'],
  ['/vulnerabilities', 'Vulnerabilities'],
  ['/devices', 'Devices'],
  ['/groups', 'Groups'],
  ['/releases', 'Releases'],
  ['/rollouts', 'Rollouts'],
  ['/proof', 'Proof'],
  ['/settings', 'Settings'],
] as const;

// What concerns publishing, said where it is done; what else is wrong is an alarm.
function Notices({ system }: { system: Schema['System'] | undefined }) {
  const { pathname } = useLocation();
  return (
    <>
      {system?.offline_keys_here && pathname === '/releases' && (
        <p className="notice" role="status">
          The signing keys for publishing are still on this machine. Move the folder <code>keys/offline</code> away; everything but publishing goes on without it.
        </p>
      )}
    </>
  );
}

// The page that was wanted is noted once: the address changes while the browser is on its way.
function ToSignIn() {
  const router = useRouter();
  const [next] = useState(router.state.location.href);
  return <Navigate to="/sign-in" search={next === '/' ? {} : { next }} />;
}

// How many are open; the list that it counts is one click away.
function AlarmCount() {
  const alarms = useQuery({ queryKey: ['alarms', 'count'], queryFn: ({ signal }) => get<Schema['AlarmPage']>('/alarms', { limit: 1 }, signal), refetchInterval: 30_000 });
  const count = alarms.data?.total;
  return (
    <Link to="/alarms" className={count ? 'alarms some' : 'alarms'}>
      {count === undefined ? 'Alarms' : count === 0 ? 'No alarms' : counted(count, 'alarm')}
    </Link>
  );
}

export function Frame() {
  // Recovery codes stand on the page: they stay, also when the factor is no longer due.
  const [keeping, setKeeping] = useState(false);
  const me = useMe();
  const system = useQuery({ queryKey: ['system'], queryFn: ({ signal }) => get<Schema['System']>('/system', {}, signal), enabled: me.isSuccess && !me.data.second_factor_due, refetchInterval: 30_000 });
  const queries = useQueryClient();
  const free = me.isSuccess && !me.data.second_factor_due;
  useLive(free);
  const leave = () =>
    void signOut().then(() => {
      queries.clear();
      window.location.assign('/sign-in');
    });
  if (me.isError && me.error instanceof Problem && me.error.status === 401) return <ToSignIn />;
  if (me.isError) return <ErrorState error={me.error} retry={() => void me.refetch()} />;
  if (!me.data) return <Loading what="Oakum" />;
  if (me.data.second_factor_due || keeping)
    return (
      <main className="signin">
        <h1>Set up your second factor</h1>
        <Authenticator keeping={setKeeping} />
        <button onClick={leave}>Sign out</button>
      </main>
    );
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
        <ScopeBox />
        <span className="quiet" title="When advisory data was last imported">
          {system.data && (
            <>
              data as of <When at={system.data.data_as_of} />
            </>
          )}
        </span>
        <AlarmCount />
        <Link to="/help">Help</Link>
        <span className="who">
          <Link to="/settings" search={{ tab: 'you' }}>{me.data.name}</Link> <span className="quiet">({me.data.role})</span>
        </span>
        <button onClick={leave}>Sign out</button>
      </header>
      <nav aria-label="Pages">
        {pages.map(([to, title]) => (
          <Fragment key={to}>
            <Link to={to} activeOptions={{ exact: to === '/' }}>
              {title}
            </Link>
            <ViewLinks page={to} />
          </Fragment>
        ))}
      </nav>
      <main id="content" tabIndex={-1}>
        <Notices system={system.data} />
        <Outlet />
      </main>
    </div>
  );
}
