// SPDX-License-Identifier: Apache-2.0
import type { EChartsCoreOption } from 'echarts/core';
import { lazy, Suspense, useState, type KeyboardEvent } from 'react';
import type { PictureProps } from './picture';
import type { SameAs } from './same';
import { Table, type Column } from './table';

// What draws is many times larger than a page: words come first, and leave it the room that it will take.
const Drawing = lazy(() => import('./picture'));

export function Picture(props: PictureProps) {
  return (
    <Suspense fallback={<div style={{ height: props.height }} />}>
      <Drawing {...props} />
    </Suspense>
  );
}

interface Twin<T> {
  rows: T[];
  columns: Column<T>[];
  rowKey: (row: T) => string;
  same?: SameAs;
}

// Places along the picture that can be looked at one by one, with a pointer or the arrow keys: what each says.
interface Places {
  label: string;
  sentences: string[];
  first?: number; // looked at before somebody chooses; the last without it
}

// A picture and the table that says the same.
export function Chart<T>({ label, option, twin, height = 220, places }: { label: string; option: EChartsCoreOption; twin: Twin<T>; height?: number; places?: Places }) {
  const last = (places?.sentences.length ?? 0) - 1;
  const [chosen, choose] = useState<number | null>(null);
  const at = Math.min(chosen ?? places?.first ?? last, last);
  const keys: Record<string, number> = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, PageDown: at - 7, PageUp: at + 7, Home: 0, End: last };
  const press = (event: KeyboardEvent) => {
    const next = keys[event.key];
    if (next === undefined) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(last, next)));
  };
  return (
    <figure className="picture">
      {places && last >= 0 ? (
        <>
          <div className="places" role="slider" tabIndex={0} aria-label={places.label} aria-valuemin={0} aria-valuemax={last} aria-valuenow={at} aria-valuetext={places.sentences[at]} onKeyDown={press}>
            <Picture label={label} option={option} height={height} at={chosen === null ? undefined : at} onAt={choose} />
          </div>
          <p className="said">{places.sentences[at]}</p>
        </>
      ) : (
        <Picture label={label} option={option} height={height} />
      )}
      <details>
        <summary>As a table</summary>
        <Table label={`${label}, as a table`} {...twin} />
      </details>
    </figure>
  );
}
