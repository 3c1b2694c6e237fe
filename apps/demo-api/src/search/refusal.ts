import { SearchEngineError, SearchQueryError } from '@rookery/search';
import { InvalidRequestException } from '../problem/invalid-request.exception.js';
import type { SearchParameters } from './search-parameters.js';

const BAD_REQUEST = 400;

/** What the library or OpenSearch refuses because of what the user wrote is the user's to correct; anything else stays as it is. */
export function refusalOf(
  error: unknown,
  { q, mode, cursor }: Pick<SearchParameters, 'q' | 'mode' | 'cursor'>,
): unknown {
  const refuse = (parameter: string, message: string): InvalidRequestException =>
    new InvalidRequestException([{ parameter, message }]);
  if (error instanceof SearchQueryError && error.subject === 'cursor') return refuse('cursor', error.message);
  const malformed = error instanceof SearchQueryError && error.subject === 'queryString';
  if (!malformed && !(error instanceof SearchEngineError && error.status === BAD_REQUEST)) return error;
  if (mode === 'query')
    return refuse('q', `q is no query that can be answered (got ${JSON.stringify(q)}); mode=words accepts any text`);
  if (cursor !== undefined) return refuse('cursor', 'cursor must be the nextCursor of the page before');
  return error;
}
