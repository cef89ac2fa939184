// SPDX-License-Identifier: Apache-2.0
// Who falls short of a floor, and the exact calls that would bring it about. Nothing is sent.
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { post, type Schema } from '../../../shared/api/client';
import { Count } from '../../../shared/ui/count';
import { Sheet } from '../../../shared/ui/sheet';
import { Refused } from '../../../shared/ui/states';
import { floorBody } from '../connectors';

type Plan = Schema['FloorPlan'];

function Would({ plan }: { plan: Plan }) {
  return (
    <>
      <p>{plan.sentence}</p>
      <p>
        Who they are: <Count n={plan.short} noun="device" query={plan.below} />
        {plan.personal_short > 0 && `, ${plan.personal_short} of them a person's own: their owners decide`}.
      </p>
      {plan.calls.length > 0 && <h3>What would bring it about</h3>}
      {plan.calls.map((call) => (
        <figure key={call.url + call.body}>
          <figcaption>It {call.what}.</figcaption>
          <pre tabIndex={0}>{`${call.method} ${call.url}\n\n${JSON.stringify(JSON.parse(call.body), null, 2)}`}</pre>
        </figure>
      ))}
      {plan.cannot.length > 0 && (
        <>
          <h3>What it cannot do</h3>
          <ul>
            {plan.cannot.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

export function FloorSheet({ connector, close }: { connector: Schema['Connector']; close: () => void }) {
  const [platform, setPlatform] = useState<'ios' | 'android'>(connector.kind === 'android_management' ? 'android' : 'ios');
  const plan = useMutation({ mutationFn: (form: FormData) => post<Plan>(`/connectors/${encodeURIComponent(connector.name)}/actions/plan-floor`, floorBody(form)) });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    plan.mutate(new FormData(event.currentTarget));
  };
  return (
    <Sheet title={`A floor for ${connector.name}`} close={close}>
      <form onSubmit={submit}>
        <label>
          Platform
          <select name="platform" value={platform} onChange={(event) => setPlatform(event.target.value as 'ios' | 'android')} autoFocus>
            <option value="ios">iOS and iPadOS</option>
            <option value="android">Android</option>
          </select>
        </label>
        <label>
          At least version
          <input name="version" maxLength={64} placeholder={platform === 'ios' ? '26.4' : '16'} autoComplete="off" />
        </label>
        {platform === 'android' && (
          <label>
            At least patch level
            <input name="patch_level" type="date" />
          </label>
        )}
        <label>
          Days until a device that falls short loses its access
          <input name="days" type="number" required min={0} max={365} defaultValue={7} />
        </label>
        <div className="actions">
          <button className="primary" disabled={plan.isPending}>
            Show what it means
          </button>
          <button type="button" onClick={close}>
            Close
          </button>
        </div>
      </form>
      <Refused error={plan.error} />
      <div role="status">{plan.data && <Would plan={plan.data} />}</div>
    </Sheet>
  );
}
