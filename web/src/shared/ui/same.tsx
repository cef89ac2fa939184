// SPDX-License-Identifier: Apache-2.0
import { target, type Parameters } from '../api/client';

// Where the same is to be had: by a command, and as JSON.
export interface SameAs {
  command: string;
  path?: string;
  parameters?: Parameters;
  one?: true; // what is there is one thing, of which the table shows a part
}

export function Same({ command, path, parameters }: SameAs) {
  return (
    <span className="quiet">
      The same on the command line: <code>{command}</code>
      {path && (
        <>
          {' · '}
          <a href={target(path, parameters)} download={`${path.slice(1).replace(/[^a-z0-9]+/gi, '-')}.json`}>
            JSON
          </a>
        </>
      )}
    </span>
  );
}
