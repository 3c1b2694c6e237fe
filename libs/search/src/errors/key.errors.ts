import { SearchError, shown } from './search-error.js';

/** A row or a call has a key that no document can have. */
export class SearchKeyError extends SearchError {
  readonly code = 'SEARCH_KEY_INVALID';

  constructor(
    readonly entity: string,
    /** Properties that make the key. */
    readonly fields: readonly string[],
    /** The problem and the remedy, as the rest of a sentence that begins with the fields. */
    problem: string,
    readonly value: unknown,
  ) {
    super(`${entity}: ${fields.map((field) => `\`${field}\``).join(', ')} ${problem} (got ${shown(value)})`);
  }
}
