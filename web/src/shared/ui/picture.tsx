// SPDX-License-Identifier: Apache-2.0
// The drawing itself: what is needed of ECharts, and nothing else. Loaded when a page first shows a picture.
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, MarkPointComponent, TooltipComponent } from 'echarts/components';
import { init, use, type ECharts, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef, useSyncExternalStore } from 'react';

use([BarChart, LineChart, GridComponent, TooltipComponent, MarkLineComponent, MarkPointComponent, SVGRenderer]);

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

export interface PictureProps {
  label: string;
  option: EChartsCoreOption;
  height: number;
  // The place on the horizontal axis that is looked at, and who is told when a pointer goes to another.
  at?: number;
  onAt?: (at: number) => void;
}

// Follows the size of its box and the colour scheme.
export default function Picture({ label, option, height, at, onAt }: PictureProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  const told = useRef(onAt);
  told.current = onAt;
  const dark = useDark();
  useEffect(() => {
    if (!box.current) return;
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const drawn = init(box.current, dark ? 'dark' : undefined, { renderer: 'svg' });
    drawn.setOption({ backgroundColor: 'transparent', animation: !still, ...option });
    drawn.on('updateAxisPointer', (event) => {
      const place = (event as { axesInfo?: { value: number }[] }).axesInfo?.[0]?.value;
      if (place !== undefined) told.current?.(place);
    });
    chart.current = drawn;
    const resized = new ResizeObserver(() => drawn.resize());
    resized.observe(box.current);
    return () => {
      resized.disconnect();
      drawn.dispose();
      chart.current = undefined;
    };
  }, [option, dark]);
  useEffect(() => {
    if (at !== undefined) chart.current?.dispatchAction({ type: 'showTip', seriesIndex: 0, dataIndex: at });
  }, [at, option, dark]);
  return <div ref={box} role="img" aria-label={label} style={{ height }} />;
}
