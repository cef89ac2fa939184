// SPDX-License-Identifier: Apache-2.0
// The one sheet by which people decide about findings: what, where, why, until when; how many that covers now, what it
// would change today, and who has to approve it.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { post, type Schema } from '../api/client';
import { useMe } from '../api/me';
import { bodyOf, changeWords, coversWords, dayIn, justifications, kinds, metrics, type Kind } from '../decisions';
import { counted, grouped } from '../format';
import { Exploited, Severity } from './badges';
import { Refused } from './states';
import { Sheet } from './sheet';

interface Props {
  kind: Kind;
  choices?: Kind[]; // what else may be chosen there
  advisory?: string;
  component?: string;
  query?: string;
  ends?: Ends; // in place of one vulnerability: all that a fix would end
  close: () => void;
}

// What the decision is about, when it is about all that a fix would end.
export interface Ends {
  title: string;
  sentence: string;
  rows: { id: string; title: string; severity: Schema['Severity']; exploited: boolean }[];
  leftOut: number;
}

function About({ ends }: { ends: Ends }) {
  return (
    <>
      <p>{ends.sentence}</p>
      {ends.leftOut > 0 && <p className="notice">One decision names {grouped(ends.rows.length)} of them, the gravest; {grouped(ends.leftOut)} that weigh less stay open.</p>}
      <details>
        <summary>{counted(ends.rows.length, 'vulnerability', 'vulnerabilities')}</summary>
        <ul aria-label="What it is about">
          {ends.rows.map((row) => (
            <li key={row.id}>
              <Link to="/vulnerabilities/$id" params={{ id: row.id }}>{row.id}</Link> <Severity value={row.severity} /> {row.exploited && <Exploited value />} {row.title}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

export function DecideSheet({ kind: first, choices, advisory, component, query, ends, close }: Props) {
  const groups = useMe().data?.scope ?? [];
  const also = ends ? ends.rows.slice(1).map((row) => row.id) : [];
  const queries = useQueryClient();
  const [kind, setKind] = useState<Kind>(first);
  const [seen, setSeen] = useState<{ body: string; preview: Schema['ExceptionPreview'] } | null>(null);
  const [body, setBody] = useState('');
  const look = useMutation({
    mutationFn: async (wish: Schema['ExceptionNew']) => ({ body: JSON.stringify(wish), preview: await post<Schema['ExceptionPreview']>('/exceptions/preview', wish) }),
    onSuccess: setSeen,
  });
  const ask = useMutation({
    mutationFn: (wish: Schema['ExceptionNew']) => post<Schema['Exception']>('/exceptions', wish),
    onSuccess: async () => {
      await queries.invalidateQueries();
      close();
    },
  });
  // What was looked at is what is asked for: any change asks for another look.
  const isSeen = seen !== null && seen.body === body;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const wish = bodyOf(new FormData(event.currentTarget), also);
    setBody(JSON.stringify(wish));
    if (seen?.body === JSON.stringify(wish)) ask.mutate(wish);
    else look.mutate(wish);
  };
  const mustEnd = kind === 'accept' || kind === 'mitigate';
  return (
    <Sheet title={`${kinds[kind].title}${ends ? ` what ${ends.title}` : advisory ? ` ${advisory}` : ''}`} close={close} wide>
      <p>{kinds[kind].explains}</p>
      {ends && <About ends={ends} />}
      <form onSubmit={submit} onChange={(event) => setBody(JSON.stringify(bodyOf(new FormData(event.currentTarget), also)))}>
        {choices ? (
          <label>
            What
            <select name="kind" value={kind} onChange={(event) => setKind(event.target.value as Kind)}>
              {choices.map((each) => (
                <option key={each} value={each}>
                  {kinds[each].title}
                </option>
              ))}
            </select>
          </label>
        ) : (
          <input type="hidden" name="kind" value={kind} />
        )}
        {ends ? (
          <input type="hidden" name="advisory" value={ends.rows[0]?.id ?? ''} />
        ) : (
          <label>
            Vulnerability{kind === 'suppress' && ' (empty: whichever)'}
            <input name="advisory" defaultValue={advisory} maxLength={128} required={kind !== 'suppress'} autoComplete="off" />
          </label>
        )}
        <label>
          Component (empty: whichever)
          <input name="component" defaultValue={component} maxLength={1024} autoComplete="off" />
        </label>
        <label>
          Its versions (empty: each; else such as &gt;=1.2, &lt;1.4)
          <input name="versions" maxLength={1024} autoComplete="off" />
        </label>
        {groups.length > 0 && (
          <label>
            Group
            <select name="group">
              {groups.map((group) => (
                <option key={group.id} value={group.id}>
                  {group.name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          Devices (empty: {groups.length > 0 ? 'all of the group' : 'the whole fleet'}; else a query, such as site = plant-3)
          <input name="query" defaultValue={query} maxLength={4096} autoComplete="off" />
        </label>
        {kind === 'suppress' && (
          <label>
            Only what scores below
            <input name="below_score" type="number" min="0.1" max="10" step="0.1" />
          </label>
        )}
        {kind === 'not_affected' && (
          <label>
            It is not affected because
            <select name="justification">
              {Object.entries(justifications).map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </label>
        )}
        {kind === 'mitigate' && (
          <label>
            What is different here
            <select name="metric">
              {Object.entries(metrics).map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          Why
          <textarea name="reason" required minLength={3} maxLength={4096} rows={2} />
        </label>
        <label>
          Evidence (a line each: what was done, links){kind !== 'mitigate' && ', when there is some'}
          <textarea name="evidence" required={kind === 'mitigate'} rows={2} />
        </label>
        <label>
          Until{!mustEnd && ' (empty: for good)'}
          <input name="expires" type="date" required={mustEnd} min={dayIn(1, Date.now())} defaultValue={mustEnd ? dayIn(90, Date.now()) : undefined} />
        </label>
        {isSeen && (
          <div className="notice" role="status">
            <p>{seen.preview.sentence}</p>
            <p>
              {coversWords(seen.preview.covers)} {changeWords(seen.preview)}
            </p>
            <p>{seen.preview.second_person ? 'It counts once somebody else has approved it.' : 'It counts at once.'} It can be withdrawn; when it ends, what it covers is open again.</p>
          </div>
        )}
        <div className="actions">
          <button className="primary" disabled={look.isPending || ask.isPending}>
            {isSeen ? (seen.preview.second_person ? 'Ask for approval' : kinds[kind].title) : 'See what it covers'}
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
      <Refused error={look.error ?? ask.error} />
    </Sheet>
  );
}
