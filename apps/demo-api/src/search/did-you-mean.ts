import type { SuggestBuilder } from '@rookery/search';
import type { Passage } from '../entities/index.js';

/** Words that may be wrong in one text. */
const MAX_ERRORS = 2;

/** Another spelling of the whole text, out of words that the passages have. No request is sent without a text. */
export function meant(s: SuggestBuilder<Passage>, q = '') {
  return {
    meant: s.phrase('text.plain', q, {
      size: 1,
      maxErrors: MAX_ERRORS,
      gramSize: 1,
      directGenerator: [{ field: 'text.plain', suggestMode: 'missing', minWordLength: 4, prefixLength: 1 }],
    }),
  };
}
