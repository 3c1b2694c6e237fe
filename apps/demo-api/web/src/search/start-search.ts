import instantsearch, { type InstantSearch, type UiState } from 'instantsearch.js';
import connectConfigure from 'instantsearch.js/es/connectors/configure/connectConfigure';
import connectInfiniteHits from 'instantsearch.js/es/connectors/infinite-hits/connectInfiniteHits';
import connectRange from 'instantsearch.js/es/connectors/range/connectRange';
import connectRefinementList from 'instantsearch.js/es/connectors/refinement-list/connectRefinementList';
import connectSearchBox from 'instantsearch.js/es/connectors/search-box/connectSearchBox';
import history from 'instantsearch.js/es/lib/routers/history';
import { call, type SearchAnswer } from '../api.js';
import { persistent } from './persistent.js';
import { searchClient } from './search-client.js';

export const INDEX = 'passages';
export const PAGE_SIZE = 10;
const MORE_PRESIDENTS = 100;
const draw = () => undefined; // The page draws everything from `renderState`.

/** The state of a search as it stands in the address of the page. */
type Route = { q?: string; mode?: string; party?: string[]; president?: string[]; years?: string; page?: string };

const list = (value: unknown): string[] => [value].flat().filter((each) => typeof each === 'string');

function routeOf({ [INDEX]: state = {} }: UiState): Route {
  const {
    query,
    refinementList = {},
    range = {},
    page,
    configure = {},
  } = state as {
    query?: string;
    refinementList?: Record<string, string[]>;
    range?: Record<string, string>;
    page?: number;
    configure?: { mode?: string };
  };
  return {
    ...(query && { q: query }),
    ...(configure.mode && configure.mode !== 'words' && { mode: configure.mode }),
    ...(refinementList['party'] && { party: refinementList['party'] }),
    ...(refinementList['president'] && { president: refinementList['president'] }),
    ...(range['year'] && { years: range['year'].replace(':', '-') }),
    ...(page && page > 1 && { page: String(page) }),
  };
}

function stateOf({ q, mode, party, president, years, page }: Route): UiState {
  const state = {
    ...(q && { query: q }),
    refinementList: { party: list(party), president: list(president) },
    range: years ? { year: years.replace('-', ':') } : {},
    configure: { hitsPerPage: PAGE_SIZE, mode: mode ?? 'words' },
    ...(page && { page: Number(page) }),
  };
  return { [INDEX]: state } as UiState;
}

/** Starts the search of the page. Nothing is drawn by InstantSearch itself: its state is. */
export function startSearch(onProblem: (problem: string | undefined) => void): InstantSearch {
  const ask = (query: URLSearchParams) => call<SearchAnswer>(`search?${query.toString()}`);
  const search = instantsearch({
    indexName: INDEX,
    searchClient: searchClient(persistent(ask, onProblem)),
    future: { preserveSharedStateOnUnmount: true },
    routing: {
      router: history<Route>({
        writeDelay: 300,
        cleanUrlOnDispose: false,
        createURL: ({ routeState, location }) => {
          const parameters = new URLSearchParams();
          for (const [name, value] of Object.entries(routeState))
            for (const each of [value].flat()) if (each !== undefined) parameters.append(name, each);
          const text = parameters.toString();
          return `${location.origin}${location.pathname}${text === '' ? '' : `?${text}`}${location.hash}`;
        },
        parseURL: ({ location }) => {
          const parameters = new URLSearchParams(location.search);
          const text = (name: string) => parameters.get(name) ?? undefined;
          const [q, mode, years, page] = ['q', 'mode', 'years', 'page'].map(text);
          return {
            ...(q !== undefined && { q }),
            ...(mode !== undefined && { mode }),
            ...(years !== undefined && { years }),
            ...(page !== undefined && { page }),
            party: parameters.getAll('party'),
            president: parameters.getAll('president'),
          };
        },
      }),
      stateMapping: { $$type: 'page', stateToRoute: routeOf, routeToState: stateOf },
    },
  });
  search.addWidgets([
    connectSearchBox(draw)({}),
    connectConfigure(draw)({ searchParameters: { hitsPerPage: PAGE_SIZE, mode: 'words' } as object }),
    connectRefinementList(draw)({ attribute: 'party', operator: 'or', limit: 20 }),
    connectRefinementList(draw)({ attribute: 'president', operator: 'or', limit: MORE_PRESIDENTS }),
    connectRange(draw)({ attribute: 'year' }),
    connectInfiniteHits(draw)({ showPrevious: true, escapeHTML: false }),
  ]);
  return search;
}
