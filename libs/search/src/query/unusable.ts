import { SearchQueryError } from '../errors/query.errors.js';
import { shown } from '../errors/search-error.js';

/** @returns an error that names what is needed, and shows what came instead. */
export function unusable(subject: string, needs: string, value: unknown): SearchQueryError {
  return new SearchQueryError(subject, `${needs} (got ${shown(value)})`, value);
}
