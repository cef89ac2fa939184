// SPDX-License-Identifier: Apache-2.0
// A program without a browser shows a code; a person types it here, sees what asks and from where, and lets it in or not.
import { useMutation } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { get, post, type Schema } from '../../../shared/api/client';
import { useMe } from '../../../shared/api/me';
import { Refused } from '../../../shared/ui/states';
import { When } from '../../../shared/ui/when';

type Asked = Schema['SignInCodeAsked'];

export function LetIn() {
  const { code } = useSearch({ strict: false }) as { code?: string };
  const me = useMe().data;
  const [asked, setAsked] = useState<Asked | null>(null);
  const look = useMutation({ mutationFn: (typed: string) => get<Asked>('/sign-in-codes', { code: typed }), onSuccess: setAsked });
  const decide = useMutation({ mutationFn: (answer: 'grant' | 'refuse') => post<void>(`/sign-in-codes/actions/${answer}`, { code: asked!.code }).then(() => answer) });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    look.mutate(String(new FormData(event.currentTarget).get('code')).trim());
  };
  if (decide.data)
    return (
      <>
        <h1>{decide.data === 'grant' ? 'It is let in' : 'It was sent away'}</h1>
        <p role="status">{decide.data === 'grant' ? 'Go back to it; this page can be closed. It holds a token of yours, which you end under Settings, Tokens, or with “oakum logout” there.' : 'It got nothing.'}</p>
      </>
    );
  return (
    <>
      <h1>Let a program in</h1>
      {!asked ? (
        <>
          <p>Only when you started it yourself just now: whoever sends you a code wants to act as you.</p>
          <form onSubmit={submit}>
            <label>
              Code that it shows
              <input name="code" required autoFocus maxLength={16} defaultValue={code ?? ''} autoComplete="off" autoCapitalize="characters" spellCheck={false} />
            </label>
            <div className="actions">
              <button className="primary" disabled={look.isPending}>
                Look who asks
              </button>
            </div>
          </form>
          <Refused error={look.error} />
        </>
      ) : (
        <>
          <p className="lead">
            <strong>{asked.client}</strong> at <strong>{asked.address}</strong> wants to act as <strong>{me?.name}</strong> ({me?.role}) for 30 days.
          </p>
          <p>
            It asked <When at={asked.at} />. What it calls itself was not checked; the address was seen by this server. Does {asked.code} stand on your screen?
          </p>
          <Refused error={decide.error} />
          <div className="actions">
            <button className="primary" disabled={decide.isPending} onClick={() => decide.mutate('grant')}>
              Let it in
            </button>
            <button className="danger" disabled={decide.isPending} onClick={() => decide.mutate('refuse')} autoFocus>
              It is not mine
            </button>
          </div>
        </>
      )}
    </>
  );
}
