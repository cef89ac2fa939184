// SPDX-License-Identifier: Apache-2.0
// What this server is connected with, in which direction, and when that last went well.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { get, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { counted, grouped } from '../../../shared/format';
import { Count } from '../../../shared/ui/count';
import { Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { Management } from './Management';

interface Connection {
  name: string;
  what: string;
  state: ReactNode;
  page: { to: string; search?: Record<string, string>; words: string } | null;
}

function Provider() {
  const ways = useQuery({ queryKey: ['ways'], queryFn: ({ signal }) => get<Schema['SignInWays']>('/session/ways', {}, signal) });
  return <Shown query={ways} what="ways to sign in">{(data) => (data.single_sign_on ? `${data.single_sign_on}: people may sign in with it` : 'none: people have accounts of this server')}</Shown>;
}

function Devices() {
  const protocols = useQuery({ queryKey: ['devices', 'facets', 'protocol'], queryFn: ({ signal }) => get<Schema['Facets']>('/devices/facets', { keys: 'protocol' }, signal) });
  const heard = useQuery({ queryKey: ['preview', 'enrolled'], queryFn: ({ signal }) => get<Schema['QueryPreview']>('/query/preview', { query: 'exists(last_seen)' }, signal) });
  return (
    <Shown query={heard} what="devices">
      {(data) => (
        <>
          <Count n={data.count} noun="device" query="exists(last_seen)" /> {data.count === 1 ? 'speaks' : 'speak'} to this server
          {(protocols.data?.facets[0]?.values ?? []).filter((each) => each.value).map((each) => `; ${grouped(each.count)} by ${each.value}`)}
        </>
      )}
    </Shown>
  );
}

function Channels() {
  const channels = useQuery({ queryKey: ['channels'], queryFn: ({ signal }) => get<Schema['ChannelPage']>('/channels', { limit: 500 }, signal) });
  return (
    <Shown query={channels} what="channels">
      {(page) => {
        const failing = page.items.filter((each) => each.last_error);
        const delivered = page.items.map((each) => each.delivered).filter((at) => at != null).sort().pop();
        return page.items.length === 0 ? (
          'none: alarms are told on the pages only'
        ) : (
          <>
            {counted(page.items.length, 'channel')}; {delivered ? <>something arrived <When at={delivered} /></> : 'nothing was sent yet'}
            {failing.map((each) => `; ${each.name} fails: ${each.last_error}`)}
          </>
        );
      }}
    </Shown>
  );
}

function Imports() {
  const edits = useQuery({ queryKey: ['edits', 'import', 'last'], queryFn: ({ signal }) => get<Schema['EditPage']>('/edits', { kind: 'import', limit: 1 }, signal) });
  return <Shown query={edits} what="imports">{(page) => (page.items[0] ? <>{page.items[0].name}, <When at={page.items[0].at} /></> : 'nothing was imported yet')}</Shown>;
}

export function Connections() {
  const may = useMay();
  const rows: Connection[] = [
    { name: 'Devices with an agent', what: 'They ask this server for updates and report what they run; no device is asked by it.', state: <Devices />, page: { to: '/settings', search: { tab: 'tokens' }, words: 'Enrolment tokens' } },
    { name: 'Device management (MDM)', what: 'What Microsoft Intune and the Android Management API know of their devices is read, below. Tables that Intune and Jamf Pro export are read as files too.', state: <Imports />, page: { to: '/edits', words: 'Imports' } },
    { name: 'Advisories', what: 'What is known to be vulnerable, from its publishers.', state: 'their age and counts stand under Sources', page: { to: '/settings', words: 'Sources' } },
    { name: 'Channels', what: 'Alarms go out to them.', state: may('channel.read') ? <Channels /> : 'shown to administrators', page: { to: '/settings', search: { tab: 'channels' }, words: 'Channels' } },
    { name: 'Identity provider', what: 'Says who somebody is; what they may do is said here.', state: <Provider />, page: { to: '/help', search: { tab: 'sign-in' }, words: 'How to connect one' } },
  ];
  return (
    <>
      <Table
        label="Connections"
        rows={rows}
        rowKey={(row) => row.name}
        columns={[
          { title: 'Connection', cell: (row) => row.name },
          { title: 'What for', wide: true, cell: (row) => row.what },
          { title: 'How it stands', wide: true, cell: (row) => row.state },
          { title: 'More', cell: (row) => (row.page ? <Link to={row.page.to} search={(row.page.search ?? {}) as never}>{row.page.words}</Link> : '–') },
        ]}
      />
      <Management />
    </>
  );
}
