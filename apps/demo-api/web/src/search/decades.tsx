import type { YearSpan } from './year-histogram.js';
import { FIRST_YEAR, LAST_YEAR } from './years.js';

const DECADE = 10;
type Props = Readonly<{
  counts: readonly Readonly<{ decade: string; count: number }>[];
  span: YearSpan;
  onSpan: (span: YearSpan) => void;
}>;

/** The decades that have passages: each is a span of years. */
export function Decades({ counts, span: [from, to], onSpan }: Props) {
  return (
    <fieldset class="facet decades">
      <legend>Decade</legend>
      <div>
        {counts.map(({ decade, count }) => {
          const first = Number.parseInt(decade, 10);
          const last = Math.min(first + DECADE - 1, LAST_YEAR);
          const chosen = (from ?? FIRST_YEAR) === first && (to ?? LAST_YEAR) === last;
          return (
            <button
              key={decade}
              type="button"
              aria-pressed={chosen}
              title={`${count.toLocaleString('en')} passages`}
              onClick={() => onSpan(chosen ? [undefined, undefined] : [first, last])}
            >
              {decade}
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}
