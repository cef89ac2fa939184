// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { get, type Schema } from '../../../shared/api/client';
import { bytes, grouped } from '../../../shared/format';
import { More, usePages } from '../../../shared/ui/pages';
import { Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { backupState, scheduleSentence } from '../model';

export function Backups() {
  const schedule = useQuery({ queryKey: ['backup schedule'], queryFn: ({ signal }) => get<Schema['BackupSchedule']>('/backups/schedule', {}, signal), refetchInterval: 60_000 });
  const backups = usePages<Schema['Backup']>(['backups'], '/backups', {}, 20);
  return (
    <>
      <h2>Backups</h2>
      <Shown query={schedule} what="when backups are made">
        {(data) => (
          <>
            {data.warning && <p className="notice">{data.warning}</p>}
            <p>
              {scheduleSentence(data)} The newest that was verified: <When at={data.newest_verified} />; the next by itself: <When at={data.next} />.
            </p>
          </>
        )}
      </Shown>
      <Shown query={backups} what="backups">
        {(page) =>
          page.items.length === 0 ? (
            <p className="quiet">
              None so far. Make one now: <code>oakum backup create NAME</code>
            </p>
          ) : (
            <>
            <Table
              label="Backups"
              same={{ command: 'oakum backup list', path: '/backups' }}
              rows={page.items}
              rowKey={(row) => row.file}
              columns={[
                { title: 'File', cell: (row) => row.file },
                { title: 'State', cell: (row) => <span className={backupState[row.state].className}>{backupState[row.state].words}</span> },
                { title: 'Made', cell: (row) => <When at={row.began} /> },
                { title: 'Verified', cell: (row) => <When at={row.verified} /> },
                { title: 'Size', numeric: true, cell: (row) => (row.bytes > 0 ? bytes(row.bytes) : '–') },
                { title: 'Devices', numeric: true, cell: (row) => (row.bytes > 0 ? grouped(row.devices) : '–') },
                { title: 'Why', wide: true, cell: (row) => row.detail || '–' },
              ]}
            />
            <More list={backups} what="backups" />
            </>
          )
        }
      </Shown>
      <p className="quiet">
        Made while the server runs: <code>oakum backup create NAME</code>; when by itself: <code>oakum backup schedule</code>. Keep a copy on another machine.
      </p>
    </>
  );
}
