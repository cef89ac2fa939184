// SPDX-License-Identifier: Apache-2.0
// One printable page for whoever leads: how it stands, how it went, what has to be decided, and what each figure means.
import { Link } from '@tanstack/react-router';
import { exact } from '../../../shared/format';
import { EndingExceptions } from '../../../shared/ui/exceptions';
import { Scoped } from '../../../shared/ui/scoped';
import { Shown } from '../../../shared/ui/states';
import { definitions, needs, unread } from '../model';
import { FourFigures, RiskOverTime } from './History';
import { Funnel, useExposure } from './Home';
import { Unread, useWaiting } from './NeedsYou';

function Decisions() {
  return (
    <Shown query={useWaiting()} what="what waits for a decision">
      {(waiting) => {
        const list = needs(waiting);
        if (list.length === 0 && unread(waiting).length === 0) return <p>None.</p>;
        return (
          <>
            <ol aria-label="Decisions needed">
              {list.slice(0, 3).map((need) => (
                <li key={need.key}>{need.sentence}</li>
              ))}
            </ol>
            {list.length > 3 && (
              <p>
                And {list.length - 3} more on <Link to="/">Home</Link>.
              </p>
            )}
            <Unread waiting={waiting} />
          </>
        );
      }}
    </Shown>
  );
}

export function Leader() {
  const exposure = useExposure();
  return (
    <div className="leader">
      <Shown query={exposure} what="the fleet's exposure">
        {(data) => (
          <>
            <h1>How safe the fleet is</h1>
            <p className="actions">
              <button className="primary" onClick={() => window.print()}>
                Print
              </button>
              <Link to="/proof">Proof</Link>
            </p>
            <Scoped />
            <p className="quiet">As of {exact(data.as_of)}.</p>
            <p className="lead">{data.sentence}</p>
            <FourFigures exposure={data} />
            <RiskOverTime exposure={data} />
            <Funnel exposure={data} />
            <h2>Decisions needed</h2>
            <Decisions />
            <h2>Exceptions about to end</h2>
            <EndingExceptions />
            <h2>What the figures mean</h2>
            <dl className="facts">
              {definitions.map(([figure, meaning]) => (
                <div key={figure} style={{ display: 'contents' }}>
                  <dt>{figure}</dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </Shown>
    </div>
  );
}
