// SPDX-License-Identifier: Apache-2.0
// The one sheet by which people decide about findings: what, where, why, until when; how many that covers now, what it
// would change today, and who has to approve it.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { post, type Schema } from '../api/client';
import { bodyOf, changeWords, coversWords, dayIn, justifications, kinds, metrics, type Kind } from '../decisions';
import { Refused } from './states';
import { Sheet } from './sheet';

interface Props {
  kind: Kind;
  choices?: Kind[]; // what else may be chosen there
  advisory?: string;
  component?: string;
  query?: string;
  close: () => void;
}

export function DecideSheet({ kind: first, choices, advisory, component, query, close }: Props) {
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
    const wish = bodyOf(new FormData(event.currentTarget));
    setBody(JSON.stringify(wish));
    if (seen?.body === JSON.stringify(wish)) ask.mutate(wish);
    else look.mutate(wish);
  };
  const ends = kind === 'accept' || kind === 'mitigate';
  return (
    <Sheet title={`${kinds[kind].title}${advisory ? ` ${advisory}` : ''}`} close={close} wide>
      <p>{kinds[kind].explains}</p>
      <form onSubmit={submit} onChange={(event) => setBody(JSON.stringify(bodyOf(new FormData(event.currentTarget))))}>
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
        <label>
          Vulnerability{kind === 'suppress' && ' (empty: whichever)'}
          <input name="advisory" defaultValue={advisory} maxLength={128} required={kind !== 'suppress'} autoComplete="off" />
        </label>
        <label>
          Component (empty: whichever)
          <input name="component" defaultValue={component} maxLength={1024} autoComplete="off" />
        </label>
        <label>
          Its versions (empty: each; else such as &gt;=1.2, &lt;1.4)
          <input name="versions" maxLength={1024} autoComplete="off" />
        </label>
        <label>
          Devices (empty: the whole fleet; else a query, such as site = plant-3)
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
          Until{!ends && ' (empty: for good)'}
          <input name="expires" type="date" required={ends} min={dayIn(1, Date.now())} defaultValue={ends ? dayIn(90, Date.now()) : undefined} />
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
