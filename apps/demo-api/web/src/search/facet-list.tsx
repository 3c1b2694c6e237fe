import { useState } from 'preact/hooks';

export type FacetItem = Readonly<{ value: string; label: string; count: number; isRefined: boolean }>;
const SHORT = 8;

/** The values of one facet, several of which can be chosen at once. */
export function FacetList({
  title,
  items,
  onToggle,
}: {
  title: string;
  items: readonly FacetItem[];
  onToggle: (value: string) => void;
}) {
  const [all, setAll] = useState(false);
  const most = Math.max(1, ...items.map(({ count }) => count));
  const shown = all ? items : items.filter(({ isRefined }, at) => at < SHORT || isRefined);
  return (
    <fieldset class="facet">
      <legend>{title}</legend>
      {items.length === 0 && <p class="quiet">None</p>}
      {shown.map(({ value, label, count, isRefined }) => (
        <label key={value} class="choice">
          <input type="checkbox" checked={isRefined} onChange={() => onToggle(value)} />
          <span class="label">{label}</span>
          <span class="count">{count.toLocaleString('en')}</span>
          <span class="share" style={{ width: `${(count / most) * 100}%` }} />
        </label>
      ))}
      {items.length > SHORT && (
        <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Fewer' : `All ${items.length}`}
        </button>
      )}
    </fieldset>
  );
}
