/**
 * What every error of this package extends. `code` is stable, messages are not.
 *
 * @example
 * catch (error) { if (error instanceof SearchError && error.code === 'SEARCH_ENGINE_UNAVAILABLE') … }
 */
export abstract class SearchError extends Error {
  abstract readonly code: SearchErrorCode;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

export type SearchErrorCode =
  | 'SEARCH_OPTION_INVALID'
  | 'SEARCH_MODEL_INVALID'
  | 'SEARCH_QUERY_INVALID'
  | 'SEARCH_DOCUMENT_INVALID'
  | 'SEARCH_HOOK_FAILED'
  | 'SEARCH_KEY_INVALID'
  | 'SEARCH_INDEX_MISMATCH'
  | 'SEARCH_ENGINE_UNAVAILABLE'
  | 'SEARCH_ENGINE_REFUSED'
  | 'SEARCH_BULK_FAILED'
  | 'SEARCH_NOT_FOUND'
  | 'SEARCH_VERSION_CONFLICT'
  | 'SEARCH_ABORTED'
  | 'SEARCH_NOT_SETTLED'
  | 'SEARCH_TABLE_MISSING'
  | 'SEARCH_MODEL_OUTDATED'
  | 'SEARCH_MIGRATION_REFUSED';

/** Shows a received value in a message, cut to 80 characters. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : typeof value === 'bigint' ? `${value}n` : describe(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function describe(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Error) return String(value);
  if (typeof value === 'object' && value !== null) {
    try {
      return JSON.stringify(value);
    } catch {
      return Object.prototype.toString.call(value);
    }
  }
  return String(value);
}
