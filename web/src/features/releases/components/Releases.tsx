// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { get, type Schema } from '../../../shared/api/client';
import { grouped } from '../../../shared/format';
import { State } from '../../../shared/ui/badges';
import { Empty, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';

export function Releases() {
  const list = useQuery({ queryKey: ['releases'], queryFn: ({ signal }) => get<Schema['ReleasePage']>('/releases', { limit: 100 }, signal) });
  return (
    <>
      <h1>Releases</h1>
      <Shown query={list} what="releases">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="No release yet">
              <p>Publish one with its SBOM:</p>
              <pre>oakum release create --name gateway --version 1.5.0 --artifact gateway.img --model AC-GW200 --sbom gateway.cdx.json --publish</pre>
            </Empty>
          ) : (
            <Table
              label="Releases"
              rows={page.items}
              rowKey={(row) => row.id}
              columns={[
                { title: 'Release', cell: (row) => `${row.name} ${row.version}` },
                { title: 'State', cell: (row) => <State value={row.state} /> },
                { title: 'Models', cell: (row) => row.models.join(', ') },
                { title: 'Fixes', numeric: true, cell: (row) => (row.fixes_count == null ? 'cannot tell' : grouped(row.fixes_count)) },
                { title: 'Brings', numeric: true, cell: (row) => (row.brings_count == null ? 'cannot tell' : grouped(row.brings_count)) },
                { title: 'Runs on', numeric: true, cell: (row) => grouped(row.devices_running) },
                { title: 'Artifact', cell: (row) => <code title={row.artifact.sha256}>{row.artifact.sha256.slice(0, 12)}</code> },
                { title: 'Published', cell: (row) => row.published?.slice(0, 10) ?? '–' },
              ]}
            />
          )
        }
      </Shown>
    </>
  );
}
