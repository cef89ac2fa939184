// SPDX-License-Identifier: Apache-2.0
import { exact, relative } from '../format';

// Relative, and exact on hover in the viewer's zone.
export function When({ at, never = 'never' }: { at: string | null | undefined; never?: string }) {
  return at ? (
    <time dateTime={at} title={exact(at)}>
      {relative(at, Date.now())}
    </time>
  ) : (
    <>{never}</>
  );
}
