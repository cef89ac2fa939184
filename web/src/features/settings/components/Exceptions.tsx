// SPDX-License-Identifier: Apache-2.0
// Who is exempt from what until when: each rule in a sentence, with how many it covers now.
import { useState } from 'react';
import type { Schema } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/me';
import { DecideSheet } from '../../../shared/ui/decide';
import { DecisionSheet, ExceptionTable } from '../../../shared/ui/exceptions';
import { More, usePages } from '../../../shared/ui/pages';
import { Empty, Shown } from '../../../shared/ui/states';

export function Exceptions() {
  const may = useMay();
  const [which, setWhich] = useState('current');
  const [asking, setAsking] = useState(false);
  const [withdrawing, setWithdrawing] = useState<Schema['Exception'] | null>(null);
  const list = usePages<Schema['Exception']>(['exceptions', which], '/exceptions', { state: which }, 100);
  return (
    <section aria-labelledby="exceptions">
      <h2 id="exceptions">Exceptions</h2>
      <p>What people decided about findings. None of it hides anything: accepted, mitigated, suppressed and ruled out have counts of their own in every list.</p>
      <div className="actions">
        {may('exception.ask') && (
          <button className="primary" onClick={() => setAsking(true)}>
            New exception
          </button>
        )}
        <label>
          Show{' '}
          <select value={which} onChange={(event) => setWhich(event.target.value)}>
            <option value="current">those that count or wait</option>
            <option value="ending">those that end within two weeks</option>
            <option value="over">those that are over</option>
          </select>
        </label>
      </div>
      <Shown query={list} what="exceptions">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={which === 'current' ? 'Nothing is excepted' : 'None'}>
              <p>Everything that is found counts as open. In a terminal:</p>
              <pre>oakum exception add --kind accept --advisory CVE-2026-1234 --query 'site = plant-3' --expires 2026-12-31 --reason "the service is off" --dry-run</pre>
            </Empty>
          ) : (
            <>
              <ExceptionTable rows={page.items} state={which} withdraw={may('exception.withdraw') ? setWithdrawing : undefined} />
              <More list={list} what="exceptions" />
            </>
          )
        }
      </Shown>
      {asking && <DecideSheet kind="suppress" choices={['suppress', 'accept', 'mitigate', 'not_affected']} close={() => setAsking(false)} />}
      {withdrawing && <DecisionSheet exception={withdrawing} action="withdraw" close={() => setWithdrawing(null)} />}
    </section>
  );
}
