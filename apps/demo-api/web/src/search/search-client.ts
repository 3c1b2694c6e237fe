import type { SearchClient } from 'instantsearch.js';
import type { SearchAnswer } from '../api.js';
import { FIRST_YEAR, LAST_YEAR } from './years.js';

type Request = Parameters<SearchClient['search']>[0][number];
type Results = Awaited<ReturnType<SearchClient['search']>>;
/** A search of InstantSearch, in the parameters of `GET /search`. */
type Asked = Readonly<{ query?: string; page?: number; hitsPerPage?: number; mode?: string }> &
  Readonly<{ facetFilters?: readonly (readonly string[])[]; numericFilters?: readonly string[] }>;

/** Facets of InstantSearch, and the parameters that filter by them. */
const PARAMETERS = { party: 'party', president: 'presidentId' } as const;

/**
 * A search client for InstantSearch over `GET /search`. Where facets are filtered it sends one more request for each, without its
 * own filter; `facets=wide` has counted that already, so one request answers them all. The next page goes by the cursor
 * of the page before where that was fetched, else by its number.
 */
export function searchClient(fetchAnswer: (query: URLSearchParams) => Promise<SearchAnswer>): SearchClient {
  const cursors = new Map<string, string>();

  async function search(requests: readonly Request[]): Promise<Results> {
    const asked = requests[0]!.params as Asked;
    const { page = 0 } = asked;
    const query = queryOf(asked);
    const key = query.toString();
    const cursor = cursors.get(`${page}?${key}`);
    if (cursor !== undefined) query.set('cursor', cursor);
    else if (page > 0) query.set('page', String(page + 1));
    const answer = await fetchAnswer(query);
    if (page === 0) cursors.clear();
    if (answer.nextCursor !== null) cursors.set(`${page + 1}?${key}`, answer.nextCursor);
    return { results: requests.map(() => resultsOf(answer, asked)) };
  }

  return { search };
}

function queryOf({
  query = '',
  hitsPerPage = 10,
  mode,
  facetFilters = [],
  numericFilters = [],
}: Asked): URLSearchParams {
  const parameters = new URLSearchParams({ facets: 'wide', size: String(hitsPerPage) });
  if (query.trim() !== '') parameters.set('q', query);
  if (mode !== undefined && mode !== 'words') parameters.set('mode', mode);
  for (const filter of facetFilters.flat()) {
    const [facet, value] = split(filter, ':');
    parameters.append(PARAMETERS[facet as keyof typeof PARAMETERS], value);
  }
  for (const filter of numericFilters) {
    if (filter.startsWith('year>=')) parameters.set('from', filter.slice('year>='.length));
    if (filter.startsWith('year<=')) parameters.set('to', filter.slice('year<='.length));
  }
  return parameters;
}

function resultsOf(answer: SearchAnswer, { query = '', page = 0, hitsPerPage = 10 }: Asked) {
  const { party, president, year } = answer.facets;
  return {
    hits: answer.hits.map((hit) => ({ ...hit, objectID: String(hit.id) })),
    nbHits: answer.total,
    page,
    nbPages: Math.ceil(answer.total / hitsPerPage),
    hitsPerPage,
    query,
    params: '',
    processingTimeMS: 0,
    exhaustiveNbHits: true,
    exhaustiveFacetsCount: true,
    facets: {
      party: Object.fromEntries(party.map((each) => [each.party, each.count])),
      president: Object.fromEntries(president.map((each) => [String(each.id), each.count])),
      year: Object.fromEntries(year.map((each) => [String(each.year), each.count])),
    },
    // A range outside of these is refused, so they are those of the data, not of what was found.
    facets_stats: { year: { min: FIRST_YEAR, max: LAST_YEAR } },
    /** Kept by InstantSearch as it is: what it has no place for. */
    answer,
  };
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
}
