// SPDX-License-Identifier: Apache-2.0
// Every page there is, in one list. What a page shows stands in its URL: a reload shows the same.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, retainSearchParams } from '@tanstack/react-router';
import { SignIn } from '../features/session/components/SignIn';
import { SignInDone } from '../features/session/components/SignInDone';
import { ErrorState } from '../shared/ui/states';
import { useTitle } from '../shared/title';
import { Frame } from './Frame';

export interface Search {
  query?: string;
  search?: string;
  only?: string;
  sort?: string;
  cursor?: string;
  tab?: string;
  release?: string;
  next?: string;
  by?: string;
  as_of?: string;
  from?: string;
  to?: string;
  week?: string;
  columns?: string;
  sheet?: string;
  view?: string;
  part?: string;
  model?: string;
  scope?: string;
  fix?: string; // a row of the queue of fixes
  exploited?: string;
  state?: string;
  of?: string;
  group?: string;
  wave?: string;
  reason?: string;
  owner?: string;
  code?: string;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function Root() {
  useTitle();
  return <Outlet />;
}

const root = createRootRoute({
  component: Root,
  validateSearch: (raw: Record<string, unknown>): Search => ({
    query: text(raw.query),
    search: text(raw.search),
    only: text(raw.only),
    sort: text(raw.sort),
    cursor: text(raw.cursor),
    tab: text(raw.tab),
    release: text(raw.release),
    next: text(raw.next),
    by: text(raw.by),
    as_of: text(raw.as_of),
    from: text(raw.from),
    to: text(raw.to),
    week: text(raw.week),
    columns: text(raw.columns),
    sheet: text(raw.sheet),
    view: text(raw.view),
    part: text(raw.part),
    model: typeof raw.model === 'string' ? raw.model : undefined, // empty: of no known model
    scope: text(raw.scope),
    fix: text(raw.fix),
    exploited: raw.exploited ? 'true' : undefined,
    state: text(raw.state),
    of: text(raw.of),
    group: text(raw.group),
    wave: typeof raw.wave === 'number' ? String(raw.wave) : text(raw.wave),
    reason: text(raw.reason),
    owner: text(raw.owner),
    code: text(raw.code),
  }),
  search: { middlewares: [retainSearchParams(['scope'])] },
});
const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignIn });
const signInDone = createRoute({ getParentRoute: () => root, path: '/sign-in/done', component: SignInDone });
const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: Frame });
const page = <P extends string>(path: P, component: Parameters<typeof createRoute>[0]['component']) =>
  createRoute({ getParentRoute: () => frame, path, component: component as never });

const routes = [
  page('/', lazyRouteComponent(() => import('../features/home/components/Home'), 'Home')),
  page('/welcome', lazyRouteComponent(() => import('../features/home/components/Welcome'), 'WelcomePage')),
  page('/fixes', lazyRouteComponent(() => import('../features/fixes/components/Fixes'), 'Fixes')),
  page('/vulnerabilities', lazyRouteComponent(() => import('../features/vulnerabilities/components/Vulnerabilities'), 'Vulnerabilities')),
  page('/vulnerabilities/$id', lazyRouteComponent(() => import('../features/vulnerabilities/components/Vulnerability'), 'Vulnerability')),
  page('/findings', lazyRouteComponent(() => import('../features/vulnerabilities/components/Findings'), 'Findings')),
  page('/devices', lazyRouteComponent(() => import('../features/devices/components/Devices'), 'Devices')),
  page('/devices/$id', lazyRouteComponent(() => import('../features/devices/components/Device'), 'Device')),
  page('/edits', lazyRouteComponent(() => import('../features/devices/components/Edits'), 'EditsPage')),
  page('/groups', lazyRouteComponent(() => import('../features/groups/components/Groups'), 'Groups')),
  page('/releases', lazyRouteComponent(() => import('../features/releases/components/Releases'), 'Releases')),
  page('/releases/$id', lazyRouteComponent(() => import('../features/releases/components/Release'), 'Release')),
  page('/rollouts', lazyRouteComponent(() => import('../features/rollouts/components/Rollouts'), 'Rollouts')),
  page('/calendar', lazyRouteComponent(() => import('../features/rollouts/components/Calendar'), 'Calendar')),
  page('/approvals', lazyRouteComponent(() => import('../features/rollouts/components/Approvals'), 'Approvals')),
  page('/windows', lazyRouteComponent(() => import('../features/rollouts/components/Schedules'), 'Schedules')),
  page('/floors', lazyRouteComponent(() => import('../features/rollouts/components/Floors'), 'Floors')),
  page('/rollouts/new', lazyRouteComponent(() => import('../features/rollouts/components/NewRollout'), 'NewRollout')),
  page('/rollouts/$id', lazyRouteComponent(() => import('../features/rollouts/components/Rollout'), 'Rollout')),
  page('/alarms', lazyRouteComponent(() => import('../features/alarms/components/Alarms'), 'Alarms')),
  page('/leader', lazyRouteComponent(() => import('../features/home/components/Leader'), 'Leader')),
  page('/holes', lazyRouteComponent(() => import('../features/proof/components/Holes'), 'Holes')),
  page('/proof', lazyRouteComponent(() => import('../features/proof/components/Proof'), 'Proof')),
  page('/search', lazyRouteComponent(() => import('../features/search/components/Search'), 'Search')),
  page('/help', lazyRouteComponent(() => import('../features/help/components/Help'), 'Help')),
  page('/sign-in/code', lazyRouteComponent(() => import('../features/session/components/LetIn'), 'LetIn')),
  page('/settings', lazyRouteComponent(() => import('../features/settings/components/Settings'), 'Settings')),
];

export const router = createRouter({
  routeTree: root.addChildren([signIn, signInDone, frame.addChildren(routes)]),
  defaultPreload: 'intent',
  // The server was replaced while this page was open: its pieces have other names now. A reload brings them.
  defaultErrorComponent: ({ error }) => <ErrorState error={error} retry={() => window.location.reload()} what="this page" />,
  defaultNotFoundComponent: () => (
    <main>
      <h1>There is no such page</h1>
      <p>
        <a href="/">Home</a>
      </p>
    </main>
  ),
});
