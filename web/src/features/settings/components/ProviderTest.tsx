// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQuery } from '@tanstack/react-query';
import { get, postNothing, type Schema } from '../../../shared/api/client';
import { Refused } from '../../../shared/ui/states';
import { verdicts } from '../model';

// The identity provider, looked at before people need it.
export function ProviderTest() {
  const ways = useQuery({ queryKey: ['ways'], queryFn: ({ signal }) => get<Schema['SignInWays']>('/session/ways', {}, signal), retry: false });
  const test = useMutation({ mutationFn: () => postNothing<Schema['ProviderTest']>('/provider/actions/test') });
  const name = ways.data?.single_sign_on;
  return (
    <>
      <h2>Identity provider</h2>
      {!name ? (
        <p>There is none: people sign in with passwords of this server. Whoever runs the machine names one in a file.</p>
      ) : (
        <>
          <p>People sign in with {name} too. It is set in a file of the machine, not here, so that nobody can point it elsewhere from within.</p>
          <div className="actions">
            <button disabled={test.isPending} onClick={() => test.mutate()}>
              {test.isPending ? 'Asking …' : `Test ${name}`}
            </button>
          </div>
        </>
      )}
      <Refused error={test.error} />
      {test.data && (
        <div role="status">
          <ul aria-label="What the test found">
            {test.data.lines.map((line) => (
              <li key={line.what}>
                <span className={verdicts[line.verdict].className}>{verdicts[line.verdict].words}</span> {line.sentence}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
