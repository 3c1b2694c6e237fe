import type { InstantSearch } from 'instantsearch.js';
import type { Hit, SearchAnswer } from '../api.js';
import type { FacetItem } from './facet-list.js';
import { INDEX, PAGE_SIZE } from './start-search.js';
import type { YearSpan } from './year-histogram.js';
import { FIRST_YEAR, LAST_YEAR } from './years.js';

type Refinement = Readonly<{ items: readonly FacetItem[]; refine: (value: string) => void }>;
/** What the connectors of `startSearch` put into InstantSearch's state. */
type RenderState = Readonly<{
  searchBox: { query: string; refine: (query: string) => void };
  configure: { refine: (parameters: object) => void };
  refinementList: Readonly<Record<'party' | 'president', Refinement>>;
  range: { year: { start: readonly [number, number]; refine: (span: YearSpan) => void } };
  infiniteHits: {
    items: readonly Hit[];
    showMore: () => void;
    showPrevious: () => void;
    isFirstPage: boolean;
    isLastPage: boolean;
  };
}>;

/** All that the page shows of a search, and what it can do with it. */
export type SearchView = Readonly<{
  /** Whether anything was answered yet. */
  isAnswered: boolean;
  query: string;
  mode: string;
  answer: SearchAnswer;
  parties: readonly FacetItem[];
  presidents: readonly FacetItem[];
  span: YearSpan;
  isNarrowed: boolean;
  pages: RenderState['infiniteHits'];
  setQuery: (query: string) => void;
  setMode: (mode: string) => void;
  setSpan: (span: YearSpan) => void;
  toggleParty: (party: string) => void;
  togglePresident: (id: string) => void;
  /** Everything that this president said. */
  showPresident: (id: number) => void;
  clear: () => void;
}>;

/** Names of presidents that facets no longer count, such as one that is chosen and finds nothing. */
const names = new Map<string, string>();

const ignore = () => undefined;
const NOTHING: SearchAnswer = {
  total: 0,
  pages: 0,
  nextCursor: null,
  didYouMean: null,
  hits: [],
  facets: { party: [], president: [], decade: [], year: [] },
};
/** Before InstantSearch has started. */
export const EMPTY_VIEW: SearchView = {
  isAnswered: false,
  query: '',
  mode: 'words',
  answer: NOTHING,
  parties: [],
  presidents: [],
  span: [undefined, undefined],
  isNarrowed: false,
  pages: { items: [], showMore: ignore, showPrevious: ignore, isFirstPage: true, isLastPage: true },
  setQuery: ignore,
  setMode: ignore,
  setSpan: ignore,
  toggleParty: ignore,
  togglePresident: ignore,
  showPresident: ignore,
  clear: ignore,
};

export function viewOf(search: InstantSearch): SearchView {
  const parts = search.renderState[INDEX] as unknown as RenderState | undefined;
  if (parts === undefined || search.helper === null) return EMPTY_VIEW;
  const helper = search.mainIndex.getHelper()!;
  const { answer } = (helper.lastResults ?? {}) as { answer?: SearchAnswer };
  const { searchBox, configure, refinementList, range, infiniteHits } = parts;
  for (const { id, name } of answer?.facets.president ?? []) names.set(String(id), name);
  const parties = refinementList.party.items.map((item) => ({
    ...item,
    label: item.value === 'none' ? 'No party' : item.label,
  }));
  const presidents = refinementList.president.items.map((item) => ({ ...item, label: names.get(item.value) ?? '…' }));
  const span = spanOf(range.year.start);
  const change = (state: object) => search.setUiState((all) => ({ [INDEX]: { ...all[INDEX], page: 1, ...state } }));
  return {
    isAnswered: answer !== undefined,
    query: searchBox.query,
    mode: (helper.state as { mode?: string }).mode ?? 'words',
    answer: answer ?? NOTHING,
    parties,
    presidents,
    span,
    isNarrowed:
      [...parties, ...presidents].some(({ isRefined }) => isRefined) || span.some((year) => year !== undefined),
    pages: infiniteHits,
    setQuery: searchBox.refine,
    setMode: (mode) => configure.refine({ hitsPerPage: PAGE_SIZE, mode }),
    setSpan: ([from, to]) => range.year.refine([from, to]),
    toggleParty: refinementList.party.refine,
    togglePresident: refinementList.president.refine,
    showPresident: (id) => change({ query: '', refinementList: { president: [String(id)] } }),
    clear: () => change({ refinementList: {}, range: {} }),
  };
}

function spanOf([start, end]: readonly [number, number]): YearSpan {
  return [start > FIRST_YEAR ? start : undefined, end < LAST_YEAR ? end : undefined];
}
