import { SearchError } from './search-error.js';

/** Why an engine did not answer. */
export type UnavailableReason = 'connection' | 'timeout' | 'overloaded';

/** The engine cannot be reached, did not answer in time, or is too busy. Worth another try; in HTTP terms a 503. */
export class SearchEngineUnavailableError extends SearchError {
  readonly code = 'SEARCH_ENGINE_UNAVAILABLE';

  constructor(
    readonly engine: string,
    readonly reason: UnavailableReason,
    message: string,
    options?: ErrorOptions & {
      /** `Retry-After` of the server, in milliseconds. */
      readonly retryAfterMs?: number;
    },
  ) {
    super(`${engine}: ${message}`, options);
    this.retryAfterMs = options?.retryAfterMs;
  }

  readonly retryAfterMs: number | undefined;
}

/** The engine understood the request and refused it. Another try gives the same answer. */
export class SearchEngineError extends SearchError {
  readonly code = 'SEARCH_ENGINE_REFUSED';

  constructor(
    readonly engine: string,
    /** HTTP status. */
    readonly status: number,
    /** The engine's name of the error, such as `mapper_parsing_exception`. */
    readonly type: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${engine}: ${type} (${status}): ${reason}`, options);
  }
}

/**
 * An engine does not have what a request needs, and reports it before it does anything. `part` names it, such as
 * `scripts` or `highlight`; the message ends in the remedy.
 */
export class SearchUnclaimedError extends SearchEngineError {
  constructor(
    engine: string,
    readonly part: string,
    remedy: string,
    options?: ErrorOptions,
  ) {
    super(engine, 501, 'not_claimed', `${part} is not among what this engine does: ${remedy}`, options);
  }
}

/** An index, an alias or a document that is not there. */
export class SearchNotFoundError extends SearchError {
  readonly code = 'SEARCH_NOT_FOUND';

  constructor(
    readonly what: 'index' | 'document' | 'task',
    /** Name of the index, or `index/id`. */
    readonly target: string,
    remedy: string,
    options?: ErrorOptions,
  ) {
    super(`there is no ${what} ${target}: ${remedy}`, options);
  }
}

/** A write was refused since a newer version of the document is there. */
export class SearchVersionConflictError extends SearchError {
  readonly code = 'SEARCH_VERSION_CONFLICT';

  constructor(
    readonly engine: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${engine}: ${reason}`, options);
  }
}

/** The caller's own signal ended the call. */
export class SearchAbortedError extends SearchError {
  readonly code = 'SEARCH_ABORTED';

  constructor(call: string, options?: ErrorOptions) {
    super(`${call} was aborted by its signal`, options);
  }
}
