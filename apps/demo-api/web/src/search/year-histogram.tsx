import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useColours } from '../parts/chart-colours.js';
import { FIRST_YEAR, LAST_YEAR } from './years.js';

const HEIGHT = 96;
const YEARS = Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, at) => FIRST_YEAR + at);
export type YearSpan = readonly [from: number | undefined, to: number | undefined];
type Props = Readonly<{
  counts: readonly Readonly<{ year: number; count: number }>[];
  span: YearSpan;
  onSpan: (span: YearSpan) => void;
}>;

/** Passages of each year. A span is brushed with the pointer, or typed into the fields below. */
export function YearHistogram({ counts, span, onSpan }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(onSpan);
  latest.current = onSpan;
  const colours = useColours();
  const [from, to] = span;

  useEffect(() => {
    const element = box.current!;
    const made = new uPlot(
      optionsOf(element.clientWidth, colours, (chosen) => latest.current(chosen)),
      [[], []],
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => (resized.disconnect(), made.destroy());
  }, [colours]);

  useEffect(() => {
    const byYear = new Map(counts.map(({ year, count }) => [year, count]));
    plot.current!.setData([YEARS, YEARS.map((year) => byYear.get(year) ?? 0)]);
    showSpan(plot.current!, from, to);
  }, [counts, colours, from, to]);

  const change = (which: 'from' | 'to') => (event: Event) => {
    const { value, valueAsNumber, validity } = event.currentTarget as HTMLInputElement;
    if (!validity.valid) return;
    const year = value === '' ? undefined : valueAsNumber;
    const [first, last] = which === 'from' ? [year, to] : [from, year];
    onSpan(first !== undefined && last !== undefined && first > last ? [last, first] : [first, last]);
  };

  return (
    <section class="years" aria-label="Years">
      <div class="histogram" ref={box} role="img" aria-label={describe(counts)} />
      <div class="span">
        <label>
          From{' '}
          <input
            type="number"
            min={FIRST_YEAR}
            max={LAST_YEAR}
            placeholder={String(FIRST_YEAR)}
            value={from ?? ''}
            onChange={change('from')}
          />
        </label>
        <label>
          to{' '}
          <input
            type="number"
            min={FIRST_YEAR}
            max={LAST_YEAR}
            placeholder={String(LAST_YEAR)}
            value={to ?? ''}
            onChange={change('to')}
          />
        </label>
        <span class="quiet hint">Drag over the years to choose some</span>
        {(from !== undefined || to !== undefined) && (
          <button type="button" class="link" onClick={() => onSpan([undefined, undefined])}>
            All years
          </button>
        )}
      </div>
    </section>
  );
}

function optionsOf(
  width: number,
  { accent, quiet, line }: ReturnType<typeof useColours>,
  onSpan: Props['onSpan'],
): uPlot.Options {
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    padding: [6, 18, 0, 18],
    scales: {
      x: { time: false, range: [FIRST_YEAR - 1, LAST_YEAR + 1] },
      y: { range: (_plot, _min, max) => [0, Math.max(max, 1)] },
    },
    axes: [
      {
        stroke: quiet,
        grid: { show: false },
        ticks: { stroke: line, size: 4 },
        size: 26,
        font: '12px system-ui',
        values: (_plot, years) => years.map(String),
      },
      { show: false },
    ],
    series: [
      {},
      {
        stroke: accent,
        fill: accent,
        width: 0,
        points: { show: false },
        paths: uPlot.paths.bars!({ size: [0.82, 12] }),
      },
    ],
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    hooks: {
      setSelect: [
        (plot) => {
          const { select } = plot;
          if (select.width < 2) return;
          const year = (position: number) =>
            Math.min(LAST_YEAR, Math.max(FIRST_YEAR, Math.round(plot.posToVal(position, 'x'))));
          onSpan([year(select.left), year(select.left + select.width)]);
        },
      ],
    },
  };
}

function showSpan(plot: uPlot, from: number | undefined, to: number | undefined): void {
  const none = from === undefined && to === undefined;
  const left = plot.valToPos((from ?? FIRST_YEAR) - 0.5, 'x');
  const right = plot.valToPos((to ?? LAST_YEAR) + 0.5, 'x');
  plot.setSelect({ left, top: 0, width: none ? 0 : right - left, height: plot.over.clientHeight }, false);
}

function describe(counts: Props['counts']): string {
  const most = counts.reduce<Props['counts'][number] | undefined>(
    (best, each) => (best && best.count >= each.count ? best : each),
    undefined,
  );
  return most === undefined ? 'No year has a passage' : `Passages by year; the most, ${most.count}, in ${most.year}`;
}
