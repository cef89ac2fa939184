// SPDX-License-Identifier: Apache-2.0
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { Table, type Column } from './table';

use([BarChart, LineChart, GridComponent, TooltipComponent, MarkLineComponent, SVGRenderer]);

const darkness = '(prefers-color-scheme: dark)';
function useDark(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = window.matchMedia(darkness);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => window.matchMedia(darkness).matches,
  );
}

// A picture. Follows the size of its box and the colour scheme.
function Picture({ label, option, height }: { label: string; option: EChartsCoreOption; height: number }) {
  const box = useRef<HTMLDivElement>(null);
  const dark = useDark();
  useEffect(() => {
    if (!box.current) return;
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const chart = init(box.current, dark ? 'dark' : undefined, { renderer: 'svg' });
    chart.setOption({ backgroundColor: 'transparent', animation: !still, ...option });
    const resized = new ResizeObserver(() => chart.resize());
    resized.observe(box.current);
    return () => {
      resized.disconnect();
      chart.dispose();
    };
  }, [option, dark]);
  return <div ref={box} role="img" aria-label={label} style={{ height }} />;
}

interface Twin<T> {
  rows: T[];
  columns: Column<T>[];
  rowKey: (row: T) => string;
}

// A picture and the table that says the same.
export function Chart<T>({ label, option, twin, height = 220 }: { label: string; option: EChartsCoreOption; twin: Twin<T>; height?: number }) {
  return (
    <figure className="picture">
      <Picture label={label} option={option} height={height} />
      <details>
        <summary>As a table</summary>
        <Table label={`${label}, as a table`} {...twin} />
      </details>
    </figure>
  );
}
