import { errors } from '@opensearch-project/opensearch';
import { noEngine, UNEXPECTED_ANSWER } from './answer-check.js';
import {
  SearchAbortedError,
  SearchEngineError,
  SearchEngineUnavailableError,
  SearchNotFoundError,
  SearchVersionConflictError,
} from '../../errors/engine.errors.js';
import type { SearchError } from '../../errors/search-error.js';

/** Statuses that another try may cure. */
export const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** @param timedOutAfterMs set when the deadline, not the caller, ended the call */
export function toSearchError(
  cause: unknown,
  engine: string,
  call: string,
  signal?: AbortSignal,
  timedOutAfterMs?: number,
): SearchError {
  if (signal?.aborted) return new SearchAbortedError(`${engine}: ${call}`, { cause });
  if (timedOutAfterMs !== undefined || cause instanceof errors.TimeoutError) {
    const within = timedOutAfterMs === undefined ? '' : ` within ${timedOutAfterMs} ms`;
    return new SearchEngineUnavailableError(engine, 'timeout', `no answer to ${call}${within}`, { cause });
  }
  if (cause instanceof errors.ResponseError) return fromResponse(cause, engine, call);
  const message = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof errors.DeserializationError) {
    const body: unknown = cause.data;
    const reason = noEngine(call, { body, status: null, headers: { 'content-type': 'broken JSON' } });
    return new SearchEngineError(engine, 0, UNEXPECTED_ANSWER, reason, { cause });
  }
  if (cause instanceof errors.ConnectionError || cause instanceof errors.NoLivingConnectionsError) {
    return new SearchEngineUnavailableError(engine, 'connection', `no connection for ${call}: ${message}`, { cause });
  }
  return new SearchEngineError(engine, 0, cause instanceof Error ? cause.name : 'unknown', `${call}: ${message}`, {
    cause,
  });
}

interface ErrorBody {
  /** Some refusals are a sentence. */
  readonly error?: ErrorDetails | string;
}

interface ErrorDetails {
  readonly type?: string;
  readonly reason?: string;
  readonly index?: string;
  readonly root_cause?: readonly { reason?: string }[];
}

function fromResponse(cause: InstanceType<typeof errors.ResponseError>, engine: string, call: string): SearchError {
  const status = cause.statusCode;
  const said = cause.body as ErrorBody | string | null;
  const { error, own } = saidBy(said);
  const type = error?.type ?? (own ? 'response_error' : UNEXPECTED_ANSWER);
  const headers = { ...(cause.headers as object | null) };
  const reason = reasonOf(error, own ? cause.message : noEngine(call, { body: said, status, headers }));
  if (status === 408)
    return new SearchEngineUnavailableError(engine, 'timeout', `${call} answered 408: ${reason}`, { cause });
  if (RETRYABLE_STATUSES.has(status)) {
    const retryAfterMs = retryAfter(cause.headers as Record<string, unknown> | null);
    return new SearchEngineUnavailableError(engine, 'overloaded', `${call} answered ${status}: ${reason}`, {
      cause,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  if (type === 'index_not_found_exception') {
    return new SearchNotFoundError('index', error?.index ?? call, 'create it with search.ensureIndices()', { cause });
  }
  if (status === 409 && type === 'version_conflict_engine_exception')
    return new SearchVersionConflictError(engine, reason, { cause });
  return new SearchEngineError(engine, status, type, reason, { cause });
}

/** Besides `error`, the body of an engine with a status that is none of success. */
const OWN_PARTS = ['found', 'matched', 'timed_out', 'succeeded', 'pits'];

/** @returns what is wrong, and whether an engine reported it */
function saidBy(body: ErrorBody | string | null): { readonly error: ErrorDetails | undefined; readonly own: boolean } {
  if (typeof body !== 'object' || body === null) return { error: undefined, own: false };
  const { error } = body;
  if (typeof error === 'string') return { error: { reason: error }, own: true };
  return { error, own: error !== undefined || OWN_PARTS.some((part) => part in body) };
}

function reasonOf(error: ErrorDetails | undefined, otherwise: string): string {
  const reasons = [error?.reason ?? otherwise, error?.root_cause?.[0]?.reason];
  return reasons.filter((text, at, all) => text && all.indexOf(text) === at).join(': ');
}

function retryAfter(headers: Record<string, unknown> | null): number | undefined {
  const seconds = Number(headers?.['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
