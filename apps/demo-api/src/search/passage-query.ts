import type { SearchQuery } from '@rookery/search';
import type { Passage } from '../entities/index.js';
import { textClause } from './mode.js';
import type { SearchFilters } from './search-filters.js';

/** Narrows a query: by relevance where there is something to be relevant to, else in order of time. */
export function passageQuery(
  query: SearchQuery<Passage>,
  { q, mode, distance, president, party, from, to }: SearchFilters,
): SearchQuery<Passage> {
  if (q === undefined) query = query.sort('address.year').sort('id');
  else query = query.must((c) => textClause(c, q, mode, distance)).highlight('text');
  if (president !== undefined)
    query = query.filter((c) => c.match('address.president.name', president, { operator: 'and' }));
  if (party !== undefined) query = query.filter((c) => c.term('address.president.party', party));
  if (from !== undefined) query = query.filter((c) => c.range('address.year', { gte: from }));
  if (to !== undefined) query = query.filter((c) => c.range('address.year', { lte: to }));
  return query;
}
