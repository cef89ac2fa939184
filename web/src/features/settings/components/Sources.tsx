// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { get, type Schema } from '../../../shared/api/client';
import { grouped } from '../../../shared/format';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { newest, sourcesSentence } from '../model';
import { Fetched } from './Fetched';

export function Sources() {
  return (
    <>
      <Feeds />
      <Fetched />
    </>
  );
}

function Feeds() {
  const feeds = useQuery({ queryKey: ['feeds'], queryFn: ({ signal }) => get<Schema['FeedPage']>('/feeds', {}, signal) });
  return (
    <Shown query={feeds} what="sources">
      {(page) =>
        page.items.length === 0 ? (
          <Empty title="No advisory data yet">
            <p>Switch a source on below, or import what sources publish, as files or folders:</p>
            <pre>oakum feed import FOLDER</pre>
          </Empty>
        ) : (
          <>
            <p className="lead">{sourcesSentence(page.items)}</p>
            <Table
              label="Sources"
              same={{ command: 'oakum feed list', path: '/feeds' }}
              rows={page.items}
              rowKey={(row) => row.name}
              columns={[
                { title: 'Source', cell: (row) => row.name },
                { title: 'Imported', cell: (row) => <When at={row.imported} /> },
                { title: 'State', cell: (row) => (row.stale ? <span className="badge tone-bad">✕ older than a week</span> : <span className="badge tone-good">✓ current</span>) },
                { title: 'Newest record', cell: (row) => newest(row) },
                { title: 'Accepted', numeric: true, cell: (row) => grouped(row.accepted) },
                { title: 'Rejected', numeric: true, cell: (row) => grouped(row.rejected) },
                {
                  title: 'Why rejected',
                  wide: true,
                  cell: (row) =>
                    row.rejects.length === 0 ? (
                      '–'
                    ) : (
                      <details>
                        <summary>{row.rejects[0]}</summary>
                        <ul>
                          {row.rejects.map((reject) => (
                            <li key={reject}>{reject}</li>
                          ))}
                        </ul>
                      </details>
                    ),
                },
              ]}
            />
            <p className="quiet">
              Newer data comes from the sources below, or by <code>oakum feed import FOLDER</code>; a rejected record is named and never stops an import.
            </p>
          </>
        )
      }
    </Shown>
  );
}
