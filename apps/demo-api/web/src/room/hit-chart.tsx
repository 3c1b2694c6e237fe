import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { useColours } from '../parts/chart-colours.js';
import type { RoomState } from './room-state.js';

const HEIGHT = 64;
const SECONDS = 60;

/** Hits and misses of each of the last sixty messages. */
export function HitChart({ history }: { history: readonly RoomState[] }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const colours = useColours();

  useEffect(() => {
    const element = box.current!;
    const series = (stroke: string) => ({ stroke, width: 1.5, points: { show: false } });
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        padding: [4, 2, 2, 2],
        axes: [{ show: false }, { show: false }],
        scales: {
          x: { time: false, range: [0, SECONDS - 1] },
          y: { range: (_plot, _min, max) => [0, Math.max(max, 5)] },
        },
        series: [{}, series(colours.good), series(colours.bad)],
      },
      [[], [], []],
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => (resized.disconnect(), made.destroy());
  }, [colours]);

  const { hits, misses } = changes(history);
  useEffect(() => {
    const places = Array.from({ length: SECONDS }, (_, at) => at);
    const padded = (values: readonly number[]) => [...places.map(() => 0), ...values].slice(-SECONDS);
    plot.current!.setData([places, padded(hits), padded(misses)]);
  }, [history, colours]);

  return (
    <>
      <div
        ref={box}
        class="chart"
        role="img"
        aria-label={`Last second: ${hits.at(-1) ?? 0} hits, ${misses.at(-1) ?? 0} misses`}
      />
      <p class="key quiet">
        <span class="good">hits</span> and <span class="bad">misses</span>, the last minute
      </p>
    </>
  );
}

function changes(history: readonly RoomState[]): { hits: number[]; misses: number[] } {
  const totals = history.map(({ nodes, memoryHits }) => ({
    hits: nodes.reduce((sum, node) => sum + node.hits, memoryHits),
    misses: nodes.reduce((sum, node) => sum + node.misses, 0),
  }));
  // An application that was started anew counts from zero.
  const rise = (name: 'hits' | 'misses') =>
    totals.slice(1).map((each, at) => Math.max(0, each[name] - totals[at]![name]));
  return { hits: rise('hits'), misses: rise('misses') };
}
