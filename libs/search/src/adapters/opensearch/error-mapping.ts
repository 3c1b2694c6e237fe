import { errors } from '@opensearch-project/opensearch';
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
  if (cause instanceof errors.ConnectionError || cause instanceof errors.NoLivingConnectionsError) {
    return new SearchEngineUnavailableError(engine, 'connection', `no connection for ${call}: ${message}`, { cause });
  }
  return new SearchEngineError(engine, 0, cause instanceof Error ? cause.name : 'unknown', `${call}: ${message}`, {
    cause,
  });
}

interface ErrorBody {
  readonly error?: {
    readonly type?: string;
    readonly reason?: string;
    readonly index?: string;
    readonly root_cause?: readonly { reason?: string }[];
  };
}

function fromResponse(cause: InstanceType<typeof errors.ResponseError>, engine: string, call: string): SearchError {
  const status = cause.statusCode;
  const { error } = (cause.body ?? {}) as ErrorBody;
  const type = error?.type ?? 'response_error';
  const reason = reasonOf(error, cause.message);
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

function reasonOf(error: ErrorBody['error'], otherwise: string): string {
  const reasons = [error?.reason ?? otherwise, error?.root_cause?.[0]?.reason];
  return reasons.filter((text, at, all) => text && all.indexOf(text) === at).join(': ');
}

function retryAfter(headers: Record<string, unknown> | null): number | undefined {
  const seconds = Number(headers?.['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
