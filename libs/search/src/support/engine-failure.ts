import type { SearchEngineError, SearchEngineUnavailableError, SearchNotFoundError } from '../errors/engine.errors.js';
import type { SearchErrorCode } from '../errors/search-error.js';

/**
 * By code, as an engine that was loaded as CommonJS throws errors of another class than a search that was loaded as ES modules
 * has.
 */
const has = (error: unknown, code: SearchErrorCode): boolean =>
  error instanceof Error && (error as { code?: unknown }).code === code;

export const isUnavailable = (error: unknown): error is SearchEngineUnavailableError =>
  has(error, 'SEARCH_ENGINE_UNAVAILABLE');

export const isRefused = (error: unknown): error is SearchEngineError => has(error, 'SEARCH_ENGINE_REFUSED');

export const isNotFound = (error: unknown): error is SearchNotFoundError => has(error, 'SEARCH_NOT_FOUND');
