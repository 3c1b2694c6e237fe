import type { AggregationBuilder } from '@rookery/search';
import type { Passage } from '../entities/index.js';

const DECADE = 10;
/** Words are read from the text of the best so many hits. */
const SAMPLE = 100;
const WORDS = 10;

type SignificantWords = Readonly<{ buckets: readonly Readonly<{ key: string; doc_count: number }>[] }>;

/** Passages of each party and decade, of all that match. */
export function facets(a: AggregationBuilder<Passage>) {
  return {
    party: a.terms('address.president.party'),
    decade: a.histogram('address.year', { interval: DECADE, minCount: 1 }),
  };
}

/** The words that set the best passages apart from all others. Reads and analyzes their text, so it is asked for by name. */
export function significantWords(a: AggregationBuilder<Passage>) {
  return {
    sample: a.sampler({
      shardSize: SAMPLE,
      aggs: (b) => ({
        // The words as they are written, not their stems; documents hold them under `text`.
        words: b.raw<SignificantWords>({
          significant_text: { field: 'text.plain', source_fields: ['text'], size: WORDS, filter_duplicate_text: true },
        }),
      }),
    }),
  };
}
