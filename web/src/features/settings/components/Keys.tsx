// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQuery } from '@tanstack/react-query';
import { get, postNothing, type Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { Refused, Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { When } from '../../../shared/ui/when';
import { endingWords, signsVerdict, verdicts } from '../model';

function TestKeys() {
  const test = useMutation({ mutationFn: () => postNothing<Schema['KeyTests']>('/keys/actions/test') });
  return (
    <>
      <div className="actions">
        <button disabled={test.isPending} onClick={() => test.mutate()}>
          Test the keys
        </button>
      </div>
      <Refused error={test.error} />
      {test.data && (
        <div role="status">
          <Table
            label="What the test of the keys found"
            rows={test.data.keys}
            rowKey={(row) => `${row.role} ${row.key_id}`}
            columns={[
              { title: 'Role', cell: (row) => row.role },
              { title: 'Signs', cell: (row) => <span className={verdicts[signsVerdict(row.signs)].className}>{verdicts[signsVerdict(row.signs)].words}</span> },
              { title: 'Good until', cell: (row) => <When at={row.expires} never="–" /> },
              { title: 'What', wide: true, cell: (row) => row.sentence },
            ]}
          />
        </div>
      )}
    </>
  );
}

export function Keys() {
  const may = useMay();
  const system = useQuery({ queryKey: ['system'], queryFn: ({ signal }) => get<Schema['System']>('/system', {}, signal) });
  return (
    <Shown query={system} what="keys">
      {(data) => (
        <>
          <h2>Keys for publishing</h2>
          <p className="lead">
            {data.offline_keys_here ? (
              <>
                <span className="badge tone-bad">✕ still here</span> Whoever takes over this machine can publish what devices install.
              </>
            ) : (
              <>
                <span className="badge tone-good">✓ not on this machine</span> Everything but publishing goes on; bring the folder back to publish.
              </>
            )}
          </p>
          {data.offline_keys_here && (
            <ol>
              <li>
                Copy the folder <code>keys/offline</code> of the server's data folder to a medium that you can lock away.
              </li>
              <li>Compare the copy, then delete the folder here.</li>
              <li>To publish, put it back for that time.</li>
            </ol>
          )}
          {may('backup.create') && <TestKeys />}
          <h2>When they end</h2>
          <Table
            label="When they end"
            same={{ command: 'oakum system show', one: true, path: '/system' }}
            rows={data.ends}
            rowKey={(row) => row.what}
            columns={[
              { title: 'What', wide: true, cell: (row) => endingWords(row.what).name },
              { title: 'Ends', cell: (row) => <When at={row.at} /> },
              { title: 'Then', wide: true, cell: (row) => (row.soon ? <span className="badge tone-bad">! soon: {endingWords(row.what).then.toLowerCase()}</span> : endingWords(row.what).then) },
            ]}
          />
          <h2>This server's authority</h2>
          <p>{data.how_to_trust}</p>
          <dl className="facts">
            <dt>Address</dt>
            <dd>{data.address}</dd>
            <dt>Fingerprint (SHA-256)</dt>
            <dd>
              <code>{data.ca_fingerprint.replace(/(..)(?=.)/g, '$1:').toUpperCase()}</code>
            </dd>
            <dt>Certificate</dt>
            <dd>
              <a href={`data:application/x-pem-file,${encodeURIComponent(data.ca_pem)}`} download="oakum-ca.pem">
                oakum-ca.pem
              </a>
            </dd>
          </dl>
        </>
      )}
    </Shown>
  );
}
