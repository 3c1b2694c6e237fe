import type { AggregationBuilder } from '@rookery/search';
import type { Passage } from '../entities/index.js';

const DECADE = 10;
/** Words are read from the text of the best so many hits. */
const SAMPLE = 100;
const WORDS = 10;

type SignificantWords = Readonly<{ buckets: readonly Readonly<{ key: string; doc_count: number }>[] }>;

/** What is counted of all passages that match: parties, decades, and the words that set them apart from the others. */
export function facets(a: AggregationBuilder<Passage>) {
  return {
    party: a.terms('address.president.party'),
    decade: a.histogram('address.year', { interval: DECADE, minCount: 1 }),
    sample: a.sampler({
      shardSize: SAMPLE,
      aggs: (b) => ({
        // The words as they are written, not their stems; documents hold them under `text`.
        words: b.raw<SignificantWords>({ significant_text: { field: 'text.plain', source_fields: ['text'], size: WORDS, filter_duplicate_text: true } }),
      }),
    }),
  };
}
