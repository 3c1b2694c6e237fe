import type { AggregationBuilder, ResultsOf } from '@rookery/search';
import type { Passage } from '../entities/index.js';
import { narrowing, type Narrowed } from './narrowing.js';
import type { Facets } from './search-answer.js';
import type { SearchFilters } from './search-filters.js';

const DECADE = 10;
/** More than the data have. */
const PRESIDENTS = 100;

type Counts = Omit<Facets, 'words'>;

/** Passages of each party and decade, of all that match. */
export function narrowFacets(a: AggregationBuilder<Passage>) {
  return {
    party: a.terms('address.president.party'),
    decade: a.histogram('address.year', { interval: DECADE, minCount: 1 }),
  };
}

export function narrowCounts({ party, decade }: ResultsOf<ReturnType<typeof narrowFacets>>): Counts {
  return {
    party: party.buckets.map(({ key, count }) => ({ party: key, count })),
    decade: decade.buckets.map(({ key, count }) => ({ decade: `${key}s`, count })),
    president: [],
    year: [],
  };
}

/** Each without the filter of its own, so that a user sees what else there is to choose. For a query that filters its hits alone. */
export function wideFacets(a: AggregationBuilder<Passage>, filters: SearchFilters) {
  const others = (own: Narrowed) => (c: Parameters<Parameters<typeof a.filter>[0]>[0]) =>
    c.bool({ filter: narrowing(c, filters, own) });
  return {
    party: a.filter(others('party'), { aggs: (b) => ({ counts: b.terms('address.president.party') }) }),
    president: a.filter(others('president'), {
      aggs: (b) => ({
        counts: b.terms('address.president.id', {
          size: PRESIDENTS,
          // A new name reaches the passages one by one: the most frequent is shown meanwhile.
          aggs: (inner) => ({ name: inner.terms('address.president.name.whole', { size: 1 }) }),
        }),
      }),
    }),
    years: a.filter(others('years'), {
      aggs: (b) => ({
        decade: b.histogram('address.year', { interval: DECADE, minCount: 1 }),
        year: b.histogram('address.year', { interval: 1, minCount: 1 }),
      }),
    }),
  };
}

export function wideCounts({ party, president, years }: ResultsOf<ReturnType<typeof wideFacets>>): Counts {
  return {
    party: party.counts.buckets.map(({ key, count }) => ({ party: key, count })),
    decade: years.decade.buckets.map(({ key, count }) => ({ decade: `${key}s`, count })),
    president: president.counts.buckets.map(({ key, count, name }) => ({
      id: Number(key),
      name: name.buckets[0]?.key ?? '',
      count,
    })),
    year: years.year.buckets.map(({ key, count }) => ({ year: key, count })),
  };
}
