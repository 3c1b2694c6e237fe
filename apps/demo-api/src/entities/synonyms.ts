import type { IndexedOptions, SearchFieldOptions } from '@rookery/search';

/** The English analyzer with synonyms, for what is searched for; documents keep their own words. */
const ANALYZER = 'english_synonyms';

/**
 * Reads `DEMO_SYNONYMS`, such as `corsair, pirate; railroad, railway`: words that find each other.
 *
 * @returns what they change in the index and in its text; nothing without synonyms.
 */
export function synonymsOf(text = ''): {
  settings: NonNullable<IndexedOptions['settings']>;
  text: Pick<SearchFieldOptions, 'searchAnalyzer'>;
} {
  const synonyms = text
    .split(';')
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '');
  if (synonyms.length === 0) return { settings: {}, text: {} };
  const filter = {
    synonyms: { type: 'synonym_graph', synonyms },
    english_possessive: { type: 'stemmer', language: 'possessive_english' },
    english_stop: { type: 'stop', stopwords: '_english_' },
    english_stemmer: { type: 'stemmer', language: 'english' },
  };
  const analyzer = {
    [ANALYZER]: {
      type: 'custom',
      tokenizer: 'standard',
      filter: ['english_possessive', 'lowercase', 'synonyms', 'english_stop', 'english_stemmer'],
    },
  };
  return { settings: { analysis: { filter, analyzer } }, text: { searchAnalyzer: ANALYZER } };
}
