// SPDX-License-Identifier: Apache-2.0
// A vulnerability that no source tells: a vendor's letter, something found here, a workaround.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { post, type Schema } from '../../../shared/api/client';
import { Sheet } from '../../../shared/ui/sheet';
import { Refused } from '../../../shared/ui/states';
import { recordBody } from '../model';

export function RecordSheet({ close }: { close: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const work = useMutation({
    mutationFn: (form: FormData) => post<Schema['OwnAdvisory']>('/own-advisories', recordBody(form)),
    onSuccess: async (made) => {
      await queries.invalidateQueries();
      close();
      await navigate({ to: '/vulnerabilities/$id', params: { id: made.id } });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    work.mutate(new FormData(event.currentTarget));
  };
  return (
    <Sheet title="Record one of our own" close={close} wide>
      <p>It is looked for like any other, and becomes one with the public record when that appears.</p>
      <form onSubmit={submit}>
        <label>
          Title
          <input name="title" required maxLength={256} autoFocus autoComplete="off" />
        </label>
        <label>
          What it concerns (name of a firmware or component, package URL, or product name)
          <input name="component" required maxLength={1024} placeholder="gateway" autoComplete="off" />
        </label>
        <label>
          First affected version (empty: all)
          <input name="introduced" maxLength={128} autoComplete="off" />
        </label>
        <label>
          Fixed in (empty: not yet)
          <input name="fixed" maxLength={128} autoComplete="off" />
        </label>
        <label>
          Severity
          <select name="severity" defaultValue="high">
            {['critical', 'high', 'medium', 'low'].map((word) => (
              <option key={word}>{word}</option>
            ))}
          </select>
        </label>
        <label>
          <input name="exploited" type="checkbox" /> It is known to be exploited
        </label>
        <label>
          What helps until there is a fix
          <textarea name="workaround" maxLength={4096} rows={2} />
        </label>
        <label>
          What others call it (several with commas)
          <input name="aliases" maxLength={1024} placeholder="CVE-2026-1234" autoComplete="off" />
        </label>
        <label>
          Whom it may be told (empty: anybody)
          <input name="embargo" maxLength={256} autoComplete="off" />
        </label>
        <div className="actions">
          <button className="primary" disabled={work.isPending}>
            Record it
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
      <Refused error={work.error} />
    </Sheet>
  );
}
