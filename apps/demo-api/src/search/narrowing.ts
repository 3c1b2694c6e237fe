import type { Clause, ClauseBuilder } from '@rookery/search';
import type { Passage } from '../entities/index.js';
import type { SearchFilters } from './search-filters.js';

/** The filters that facets offer. */
export const NARROWED = ['party', 'president', 'years'] as const;
export type Narrowed = (typeof NARROWED)[number];

type Given = Pick<SearchFilters, 'party' | 'presidentId' | 'from' | 'to'>;

/** What the filters of all facets but `own` require: none of them requires nothing. */
export function narrowing(c: ClauseBuilder<Passage>, given: Given, own?: Narrowed): Clause[] {
  return NARROWED.filter((facet) => facet !== own).flatMap((facet) => clausesOf(c, given, facet));
}

function clausesOf(c: ClauseBuilder<Passage>, { party, presidentId, from, to }: Given, facet: Narrowed): Clause[] {
  switch (facet) {
    case 'party':
      return party === undefined ? [] : [c.terms('address.president.party', [party].flat())];
    case 'president':
      return presidentId === undefined ? [] : [c.terms('address.president.id', [presidentId].flat())];
    case 'years':
      return from === undefined && to === undefined
        ? []
        : [c.range('address.year', { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lte: to }) })];
  }
}
