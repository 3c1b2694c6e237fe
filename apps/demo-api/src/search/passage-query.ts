import type { SearchQuery } from '@rookery/search';
import type { Passage } from '../entities/index.js';
import { textClause } from './mode.js';
import { narrowing } from './narrowing.js';
import type { SearchFilters } from './search-filters.js';

/** What is asked: by relevance where there is something to be relevant to, else in order of time. */
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

/** What is asked, narrowed by every filter. */
export function passageQuery(query: SearchQuery<Passage>, filters: SearchFilters): SearchQuery<Passage> {
  return askedQuery(query, filters).filter((c) => narrowing(c, filters));
}
