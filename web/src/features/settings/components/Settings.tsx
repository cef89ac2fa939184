// SPDX-License-Identifier: Apache-2.0
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useMay } from '../../../shared/api/me';
import { Guide } from '../../../shared/ui/guide';
import { guides, tabOf } from '../model';
import { Channels } from './Channels';
import { Deadlines } from './Deadlines';
import { ExposureRules } from './ExposureRules';
import { Exceptions } from './Exceptions';
import { Connections } from './Connections';
import { Health } from './Health';
import { Keys } from './Keys';
import { People } from './People';
import { Retention } from './Retention';
import { Sources } from './Sources';
import { SupportEnds } from './SupportEnds';
import { Tokens } from './Tokens';
import { You } from './You';

export function Settings() {
  const { tab } = useSearch({ strict: false }) as { tab?: string };
  const navigate = useNavigate();
  const may = useMay();
  const guide = guides[tabOf(tab)];
  return (
    <>
      <h1>Settings</h1>
      <Tabs selectedKey={tabOf(tab)} onSelectionChange={(key) => void navigate({ to: '/settings', search: { tab: key === 'sources' ? undefined : String(key) }, replace: true })}>
        <TabList aria-label="Settings">
          <Tab id="sources">Sources</Tab>
          <Tab id="people">People</Tab>
          <Tab id="tokens">Tokens</Tab>
          <Tab id="keys">Keys</Tab>
          <Tab id="connections">Connections</Tab>
          <Tab id="channels">Channels</Tab>
          <Tab id="policies">Policies</Tab>
          <Tab id="exceptions">Exceptions</Tab>
          <Tab id="retention">Retention</Tab>
          <Tab id="health">Health</Tab>
          <Tab id="you">You</Tab>
        </TabList>
        {guide && (
          <p className="quiet">
            <Guide topic={guide[0]} words={guide[1]} />
          </p>
        )}
        <TabPanel id="sources"><Sources /></TabPanel>
        <TabPanel id="people">{may('user.read') ? <People /> : <p>People are shown to administrators.</p>}</TabPanel>
        <TabPanel id="tokens"><Tokens /></TabPanel>
        <TabPanel id="keys"><Keys /></TabPanel>
        <TabPanel id="connections"><Connections /></TabPanel>
        <TabPanel id="channels">{may('channel.read') ? <Channels /> : <p>Channels are shown to administrators.</p>}</TabPanel>
        <TabPanel id="policies"><Deadlines /><ExposureRules /><SupportEnds /></TabPanel>
        <TabPanel id="exceptions"><Exceptions /></TabPanel>
        <TabPanel id="retention"><Retention /></TabPanel>
        <TabPanel id="health"><Health /></TabPanel>
        <TabPanel id="you"><You /></TabPanel>
      </Tabs>
    </>
  );
}
