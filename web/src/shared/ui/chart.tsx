// SPDX-License-Identifier: Apache-2.0
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([BarChart, LineChart, GridComponent, TooltipComponent, MarkLineComponent, SVGRenderer]);

// A picture; its numbers stand in a table beside it. Follows the size of its box and the colour scheme.
export function Chart({ label, option, height = 220 }: { label: string; option: EChartsCoreOption; height?: number }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current) return;
    const dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const chart = init(box.current, dark ? 'dark' : undefined, { renderer: 'svg' });
    chart.setOption({ backgroundColor: 'transparent', animation: !still, ...option });
    const resized = new ResizeObserver(() => chart.resize());
    resized.observe(box.current);
    return () => {
      resized.disconnect();
      chart.dispose();
    };
  }, [option]);
  return <div ref={box} role="img" aria-label={label} style={{ height }} />;
}
