import type { SearchQuery } from '@rookery/search';
import type { Passage } from '../entities/index.js';
import { textClause } from './mode.js';
import { narrowing } from './narrowing.js';
import type { SearchFilters } from './search-filters.js';

/** The query of a request: sorted by relevance where it has a text, else by time. */
export function askedQuery(
  query: SearchQuery<Passage>,
  { q, mode, distance, president }: SearchFilters,
): SearchQuery<Passage> {
  if (q === undefined) query = query.sort('address.year').sort('id');
  else query = query.must((c) => textClause(c, q, mode, distance)).highlight('text');
  if (president !== undefined)
    query = query.filter((c) => c.match('address.president.name', president, { operator: 'and' }));
  return query;
}

/** The query, narrowed by every filter. */
export function passageQuery(query: SearchQuery<Passage>, filters: SearchFilters): SearchQuery<Passage> {
  return askedQuery(query, filters).filter((c) => narrowing(c, filters));
}
