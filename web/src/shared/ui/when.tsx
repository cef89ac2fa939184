// SPDX-License-Identifier: Apache-2.0
import { exact, relative, there } from '../format';

// Relative, and exact on hover in the viewer's zone; beside it what a clock shows where the device is.
export function When({ at, never = 'never', zone }: { at: string | null | undefined; never?: string; zone?: string | null }) {
  const local = at ? there(at, zone) : null;
  return at ? (
    <>
      <time dateTime={at} title={exact(at)}>
        {relative(at, Date.now())}
      </time>
      {local && <span className="quiet" title={zone ?? undefined}>{` (${local})`}</span>}
    </>
  ) : (
    <>{never}</>
  );
}
