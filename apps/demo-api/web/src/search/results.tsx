import { HitCard } from './hit-card.js';
import type { SearchView } from './search-view.js';

type Open = (address: number, passage?: number) => void;

/** How many were found, another spelling, and the hits of the pages that were requested. */
export function Results({ view, onOpen }: { view: SearchView; onOpen: Open }) {
  const { answer, pages, isNarrowed, clear, setQuery } = view;
  const { total, didYouMean } = answer;
  return (
    <>
      <div class="summary">
        <p role="status">{`${total.toLocaleString('en')} ${total === 1 ? 'passage' : 'passages'}`}</p>
        {isNarrowed && (
          <button type="button" class="link" onClick={clear}>
            Clear the filters
          </button>
        )}
      </div>
      {didYouMean !== null && (
        <p class="meant">
          Did you mean{' '}
          <button type="button" class="link" onClick={() => setQuery(didYouMean)}>
            {didYouMean}
          </button>
          ?
        </p>
      )}
      {!pages.isFirstPage && (
        <button type="button" class="more" onClick={pages.showPrevious}>
          Show those before
        </button>
      )}
      <div class="hits">
        {pages.items.map((hit) => (
          <HitCard key={hit.id} hit={hit} onOpen={onOpen} />
        ))}
        {total === 0 && (
          <p class="quiet nothing">Nothing was found. Try fewer words, or “Similar words” beside the field.</p>
        )}
      </div>
      {!pages.isLastPage && (
        <button type="button" class="more" onClick={pages.showMore}>
          Show more
        </button>
      )}
    </>
  );
}

/** Holds the place of the results until the first answer. */
export function Waiting() {
  return (
    <>
      <div class="summary">
        <p role="status">Searching</p>
      </div>
      <div class="hits">
        {Array.from({ length: 5 }, (_, at) => (
          <div key={at} class="hit waiting" />
        ))}
      </div>
    </>
  );
}
