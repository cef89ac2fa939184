// SPDX-License-Identifier: Apache-2.0
// Lists of what people decided, wherever they stand.
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { post, type Schema } from '../api/client';
import { useEvery } from '../api/every';
import { useMay, useMe } from '../api/me';
import { coversWords, justifications, metrics, states } from '../decisions';
import { counted, grouped } from '../format';
import { option } from '../shell';
import { ReasonSheet } from './sheet';
import { Shown } from './states';
import { Table } from './table';
import { When } from './when';

type Exception = Schema['Exception'];

export function useExceptions(state: string) {
  return useEvery<Exception>(['exceptions', state], '/exceptions', { state });
}

function approvedBy(row: Exception): string | undefined {
  return row.history.findLast((step) => step.state === 'approved' && step.actor !== row.asked_by)?.actor;
}

export function DecisionSheet({ exception, action, close }: { exception: Exception; action: 'approve' | 'refuse' | 'withdraw'; close: () => void }) {
  const queries = useQueryClient();
  const words = { approve: 'Approve', refuse: 'Refuse', withdraw: 'Withdraw' }[action];
  return (
    <ReasonSheet title={`${words}: ${exception.sentence}`} action={words} danger={action !== 'approve'} act={(why) => post(`/exceptions/${exception.id}/actions/${action}`, { why })} done={() => queries.invalidateQueries()} close={close}>
      <p>{coversWords(exception.covers)}</p>
      {action === 'approve' && <p>From then on that is not counted as open{exception.kind === 'mitigate' ? ' with its full weight' : ''}.</p>}
      {action === 'withdraw' && <p>What it covers is open again at once.</p>}
    </ReasonSheet>
  );
}

// What somebody has to know to say yes or no.
export function ExceptionFacts({ row }: { row: Exception }) {
  return (
    <dl className="facts">
      {row.also.length > 0 && (
        <>
          <dt>About</dt>
          <dd>
            <details>
              <summary>{counted(row.also.length + 1, 'vulnerability', 'vulnerabilities')}</summary>
              {[row.advisory!, ...row.also].map((id, i) => (
                <span key={id}>
                  {i > 0 && ', '}
                  <Link to="/vulnerabilities/$id" params={{ id }}>{id}</Link>
                </span>
              ))}
            </details>
          </dd>
        </>
      )}
      <dt>Why</dt>
      <dd>{row.reason}</dd>
      {row.justification && (
        <>
          <dt>Not affected because</dt>
          <dd>{justifications[row.justification]}</dd>
        </>
      )}
      {row.metric && (
        <>
          <dt>What is different</dt>
          <dd>{metrics[row.metric] ?? row.metric}</dd>
        </>
      )}
      <dt>Evidence</dt>
      <dd>{row.evidence.length === 0 ? 'none was given' : row.evidence.map((line) => <div key={line}>{line}</div>)}</dd>
      <dt>It covers</dt>
      <dd>
        {coversWords(row.covers)} {row.devices_query && <Link to="/devices" search={{ query: row.devices_query }}>Which devices</Link>}
      </dd>
      <dt>Until</dt>
      <dd>{row.expires ? <When at={row.expires} /> : 'for good'}</dd>
      <dt>Asked by</dt>
      <dd>
        {row.asked_by} <When at={row.history[0]?.at} />
      </dd>
    </dl>
  );
}

// Beside the plans that wait for somebody's yes or no.
export function ExceptionApprovals() {
  const list = useExceptions('asked');
  const may = useMay();
  const me = useMe().data;
  const [deciding, setDeciding] = useState<{ row: Exception; action: 'approve' | 'refuse' } | null>(null);
  return (
    <section aria-labelledby="exceptions-asked">
      <h2 id="exceptions-asked">Exceptions</h2>
      <Shown query={list} what="exceptions that wait for approval">
        {(page) =>
          page.items.length === 0 ? (
            <p className="quiet">None waits for approval.</p>
          ) : (
            <>
              {page.items.map((row) => (
                <section key={row.id} className="approval" aria-label={row.sentence}>
                  <h3>{row.sentence}</h3>
                  <ExceptionFacts row={row} />
                  {may('exception.approve') && row.asked_by !== `user ${me?.name}` ? (
                    <div className="actions">
                      <button className="primary" aria-label={`Approve: ${row.sentence}`} onClick={() => setDeciding({ row, action: 'approve' })}>
                        Approve
                      </button>
                      <button className="danger" aria-label={`Refuse: ${row.sentence}`} onClick={() => setDeciding({ row, action: 'refuse' })}>
                        Refuse
                      </button>
                    </div>
                  ) : (
                    <p className="quiet">{may('exception.approve') ? 'You asked for it: somebody else has to approve it.' : 'An approver decides about it.'}</p>
                  )}
                </section>
              ))}
            </>
          )
        }
      </Shown>
      {deciding && <DecisionSheet exception={deciding.row} action={deciding.action} close={() => setDeciding(null)} />}
    </section>
  );
}

export function EndingExceptions() {
  const list = useExceptions('ending');
  return (
    <Shown query={list} what="exceptions">
      {(page) =>
        page.items.length === 0 ? (
          <p>None ends within two weeks.</p>
        ) : (
          <ul aria-label="Exceptions about to end">
            {page.items.map((row) => (
              <li key={row.id}>
                {row.sentence} {coversWords(row.covers)} By {row.asked_by}
                {approvedBy(row) ? `, approved by ${approvedBy(row)}` : ''}.
              </li>
            ))}
          </ul>
        )
      }
    </Shown>
  );
}

// `state`: which of them the list is about, so that command and file are of the same.
export function ExceptionTable({ rows, state, withdraw }: { rows: Exception[]; state: string; withdraw?: (row: Exception) => void }) {
  return (
    <Table
      label="Exceptions"
      same={{ command: `oakum exception list${option('state', state === 'current' ? '' : state)}`, path: '/exceptions', parameters: { state, limit: 500 } }}
      rows={rows}
      rowKey={(row) => row.id}
      columns={[
        { title: 'Rule', wide: true, cell: (row) => row.sentence },
        { title: 'State', cell: (row) => <span className={states[row.state].className}>{states[row.state].words}</span> },
        { title: 'Devices', numeric: true, cell: (row) => (row.covers.devices > 0 ? <Link to="/devices" search={{ query: row.devices_query }}>{grouped(row.covers.devices)}</Link> : '0') },
        { title: 'Findings', numeric: true, cell: (row) => grouped(row.covers.findings) },
        { title: 'Until', cell: (row) => (row.expires ? <When at={row.expires} /> : 'for good') },
        { title: 'By', cell: (row) => `${row.asked_by}${approvedBy(row) ? `, approved by ${approvedBy(row)}` : ''}` },
        {
          title: 'Why',
          wide: true,
          cell: (row) => (
            <details>
              <summary>Why</summary>
              <ExceptionFacts row={row} />
              <ol aria-label="What happened to it">
                {row.history.map((step) => (
                  <li key={`${step.at} ${step.state}`}>
                    {step.state} by {step.actor} <When at={step.at} />
                    {step.why && `: ${step.why}`}
                  </li>
                ))}
              </ol>
            </details>
          ),
        },
        ...(withdraw
          ? [
              {
                title: '',
                cell: (row: Exception) =>
                  row.state === 'asked' || row.state === 'approved' ? (
                    <button className="danger" aria-label={`Withdraw: ${row.sentence}`} onClick={() => withdraw(row)}>
                      Withdraw …
                    </button>
                  ) : null,
              },
            ]
          : []),
      ]}
    />
  );
}
