// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { QRCodeSVG } from 'qrcode.react';
import { useState, type FormEvent } from 'react';
import { post, postNothing, type Schema } from '../../../shared/api/client';
import { useMe } from '../../../shared/api/me';
import { save } from '../../../shared/save';
import { Refused } from '../../../shared/ui/states';
import { inGroups, recoverySentence } from '../model';

function CodeForm({ button, label, busy, submit, danger }: { button: string; label: string; busy: boolean; submit: (code: string) => void; danger?: boolean }) {
  return (
    <form
      className="form"
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault();
        submit(String(new FormData(event.currentTarget).get('code')).trim());
      }}
    >
      <label>
        {label}
        <input name="code" required autoComplete="one-time-code" maxLength={64} autoFocus />
      </label>
      <div className="actions">
        <button className={danger ? 'danger' : 'primary'} disabled={busy}>
          {button}
        </button>
      </div>
    </form>
  );
}

function RecoveryCodes({ codes, done }: { codes: string[]; done: () => void }) {
  return (
    <section aria-label="Recovery codes">
      <p role="status">Keep these ten codes where your authenticator is not. Each lets you in once. They are shown only now.</p>
      <ol className="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className="actions">
        <button onClick={() => save('oakum-recovery-codes.txt', new Blob([codes.join('\n') + '\n'], { type: 'text/plain' }))}>Save as a file</button>
        <button className="primary" onClick={done}>
          I have kept them
        </button>
      </div>
    </section>
  );
}

function Enrol({ switchedOn }: { switchedOn: (codes: string[]) => void }) {
  const offer = useMutation({ mutationFn: () => postNothing<Schema['TotpOffer']>('/me/totp') });
  const confirm = useMutation({
    mutationFn: (code: string) => post<Schema['RecoveryCodes']>('/me/totp/confirm', { code }),
    onSuccess: (answer) => switchedOn(answer.recovery_codes),
  });
  if (!offer.data)
    return (
      <>
        <div className="actions">
          <button className="primary" disabled={offer.isPending} onClick={() => offer.mutate()}>
            Set up an authenticator
          </button>
        </div>
        <Refused error={offer.error} />
      </>
    );
  return (
    <>
      <p>Scan this with the authenticator app on your phone, or type the secret into it. It is shown only now.</p>
      <QRCodeSVG value={offer.data.uri} size={208} marginSize={4} title="QR code for an authenticator" role="img" />
      <p>
        Secret: <code>{inGroups(offer.data.secret)}</code>
      </p>
      <CodeForm button="Switch it on" label="The six digits that it shows" busy={confirm.isPending} submit={(code) => confirm.mutate(code)} />
      <Refused error={confirm.error} />
    </>
  );
}

// One's second factor: set up, renewed, switched off. `keeping` is told while recovery codes stand there: until they
// are put away they stay, whatever else the page learns.
export function Authenticator({ keeping }: { keeping?: (codesStand: boolean) => void }) {
  const me = useMe().data;
  const queries = useQueryClient();
  const [asked, setAsked] = useState<'off' | 'codes' | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const show = (made: string[] | null) => {
    setCodes(made);
    keeping?.(made !== null);
  };
  const off = useMutation({
    mutationFn: (code: string) => post<void>('/me/totp/off', { code }),
    onSuccess: async () => {
      setAsked(null);
      await queries.invalidateQueries({ queryKey: ['me'] });
    },
  });
  const renew = useMutation({
    mutationFn: (code: string) => post<Schema['RecoveryCodes']>('/me/totp/recovery-codes', { code }),
    onSuccess: (answer) => {
      setAsked(null);
      show(answer.recovery_codes);
    },
  });
  if (!me) return null;
  if (codes)
    return (
      <RecoveryCodes
        codes={codes}
        done={() => {
          show(null);
          void queries.invalidateQueries();
        }}
      />
    );
  if (!me.local_account) return <p>You sign in at the identity provider, which asks for a second factor by its own rules.</p>;
  if (!me.second_factor)
    return (
      <>
        <p>{me.second_factor_due ? 'Everybody here signs in with a second factor. Set yours up to go on.' : 'Your password alone lets you in. An authenticator on your phone makes a stolen password useless.'}</p>
        <Enrol switchedOn={show} />
      </>
    );
  return (
    <>
      <p>An authenticator is asked for at each sign-in. {recoverySentence(me.recovery_codes_left)}</p>
      {asked === null && (
        <div className="actions">
          <button onClick={() => setAsked('codes')}>New recovery codes</button>
          <button className="danger" onClick={() => setAsked('off')}>
            Switch it off
          </button>
        </div>
      )}
      {asked !== null && (
        <CodeForm
          key={asked}
          danger={asked === 'off'}
          button={asked === 'off' ? 'Switch it off' : 'Make new codes'}
          label="A code of your authenticator, or a recovery code"
          busy={off.isPending || renew.isPending}
          submit={(code) => (asked === 'off' ? off : renew).mutate(code)}
        />
      )}
      <Refused error={asked === 'off' ? off.error : renew.error} />
    </>
  );
}
