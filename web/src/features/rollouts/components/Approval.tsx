// SPDX-License-Identifier: Apache-2.0
// What somebody reads before they approve: the plan in words, what differs from the last approved one, and what is
// known of the release.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get, type Schema } from '../../../shared/api/client';
import { Checks } from '../../../shared/ui/releases';
import { Shown } from '../../../shared/ui/states';
import { Table } from '../../../shared/ui/table';
import { differences, lastApproved } from '../difference';
import { planWords } from '../model';

type RolloutView = Schema['Rollout'];

export function PlanWords({ rollout }: { rollout: RolloutView }) {
  return (
    <ul aria-label="The plan in words">
      {planWords(rollout).map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

function Difference({ rollout, id }: { rollout: RolloutView; id: string }) {
  const before = useQuery({ queryKey: ['rollout', id], queryFn: ({ signal }) => get<RolloutView>(`/rollouts/${id}`, {}, signal) });
  return (
    <Shown query={before} what="the last approved plan">
      {(data) => {
        const rows = differences(rollout, data);
        const link = <Link to="/rollouts/$id" params={{ id }}>{data.name}</Link>;
        return rows.length === 0 ? (
          <p>It is planned as {link} was, which {data.approved_by} approved.</p>
        ) : (
          <>
            <p>Against {link}, which {data.approved_by} approved:</p>
            <Table
              label="Difference to the last approved plan"
              rows={rows}
              rowKey={(row) => row.part}
              columns={[
                { title: 'Part', cell: (row) => row.part },
                { title: 'Before', wide: true, cell: (row) => row.before },
                { title: 'Now', wide: true, cell: (row) => row.now },
              ]}
            />
          </>
        );
      }}
    </Shown>
  );
}

export function Approval({ rollout }: { rollout: RolloutView }) {
  const others = useQuery({ queryKey: ['rollouts', 'approved before'], queryFn: ({ signal }) => get<Schema['RolloutPage']>('/rollouts', { limit: 500 }, signal) });
  const release = useQuery({ queryKey: ['release', rollout.release.id], queryFn: ({ signal }) => get<Schema['Release']>(`/releases/${rollout.release.id}`, {}, signal) });
  return (
    <>
      <h3>What differs</h3>
      <Shown query={others} what="earlier plans">
        {(page) => {
          const before = lastApproved(page.items, rollout);
          return before ? <Difference rollout={rollout} id={before.id} /> : <p>No plan was approved before it.</p>;
        }}
      </Shown>
      <h3>What is known of the release</h3>
      <Shown query={release} what="the release">
        {(data) => (
          <>
            <p>
              <Link to="/releases/$id" params={{ id: data.id }}>{`${data.name} ${data.version}`}</Link>: {data.sentence}
            </p>
            <Checks label="Evidence" checks={data.checks} />
          </>
        )}
      </Shown>
    </>
  );
}
