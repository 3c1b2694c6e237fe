import type { AggregationBuilder } from '@rookery/search';
import type { Passage } from '../entities/index.js';

/** Words are read from the text of the best so many hits. */
const SAMPLE = 100;
const WORDS = 10;

type SignificantWords = Readonly<{ buckets: readonly Readonly<{ key: string; doc_count: number }>[] }>;

/** The words that set the best passages apart from all others. Reads and analyzes their text, so clients request it by name. */
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
