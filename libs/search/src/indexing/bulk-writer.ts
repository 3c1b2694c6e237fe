import { type BulkDiagnostics, type RetryDiagnostics } from '../contracts/diagnostics.js';
import { bulkChannel, retryChannel } from '../support/channels.js';
import type { BulkOperation, BulkOutcome, CallOptions, SearchEngine } from '../contracts/engine.js';
import type { SearchEngineError, SearchEngineUnavailableError } from '../errors/engine.errors.js';
import { isRefused, isUnavailable } from '../support/engine-failure.js';
import { backoffMs, type BackoffOptions } from '../support/backoff.js';
import { pause } from '../support/pause.js';
import { chunksByBytes, type Operations } from './bulk-chunks.js';
import { EMPTY_REPORT, failureOf, mergeReports, type BulkReport, type RetryableFailure } from './bulk-report.js';

export interface BulkWriterOptions extends BackoffOptions {
  /** Bytes of one request at most. */
  readonly maxBytes: number;
  /** Requests at once. */
  readonly concurrency: number;
  /** Tries of one operation, the first included. */
  readonly attempts: number;
  readonly random: () => number;
  /** Wait before another try, in milliseconds, in place of the jittered doubling; `attempt` 1 is the first that failed. */
  readonly retryAfterMs?: ((attempt: number) => number) | undefined;
}

export const BULK_DEFAULTS: BulkWriterOptions = Object.freeze({
  maxBytes: 5 * 1024 * 1024,
  concurrency: 2,
  attempts: 4,
  baseMs: 100,
  maxMs: 5_000,
  random: Math.random,
});

export interface WriteOptions extends CallOptions {
  /** Called after each request with the operations done so far. */
  readonly onProgress?: (done: number) => void;
}

/** Statuses of a request that is refused for its content: malformed, too large, unprocessable. */
const OF_WHAT_IS_SENT: ReadonlySet<number> = new Set([400, 413, 422]);

type FailedOutcome = Extract<BulkOutcome, { outcome: 'failed' }>;

/**
 * Sends operations in requests of bounded size, a few at once, and sends again only those that failed for now.
 * Takes the next operations from its source no faster than they are written, so memory stays bounded.
 */
export class BulkWriter {
  constructor(
    private readonly engine: Pick<SearchEngine, 'bulk'>,
    private readonly options: BulkWriterOptions = BULK_DEFAULTS,
  ) {}

  /** @throws SearchAbortedError, or the engine's error of a request as a whole; failed operations are in the report. */
  async write(operations: Operations, options: WriteOptions = {}): Promise<BulkReport> {
    const inFlight = new Set<Promise<void>>();
    let report = EMPTY_REPORT;
    let done = 0;
    let failure: { readonly error: unknown } | undefined;
    // Never rejects: it may fail while the source is read, when nobody awaits it.
    const send = async (chunk: readonly BulkOperation[]): Promise<void> => {
      try {
        const sent = await this.sendChunk(chunk, options);
        report = mergeReports(report, sent);
        done += chunk.length;
        options.onProgress?.(done);
      } catch (error) {
        failure ??= { error };
      }
    };
    try {
      for await (const chunk of chunksByBytes(operations, this.options.maxBytes)) {
        // Once the chunk is made: so there is one to send as soon as a request ends.
        if (inFlight.size >= this.options.concurrency) await Promise.race(inFlight);
        if (failure) break;
        const sending: Promise<void> = send(chunk).finally(() => inFlight.delete(sending));
        inFlight.add(sending);
      }
    } finally {
      // After a failure the others still run: they end by their deadlines.
      await Promise.all(inFlight);
    }
    if (failure) throw failure.error;
    return report;
  }

  private async sendChunk(chunk: readonly BulkOperation[], options: CallOptions): Promise<BulkReport> {
    let remaining = chunk;
    let succeeded = 0;
    const refused: RetryableFailure[] = [];
    for (let attempt = 1; ; attempt += 1) {
      const began = performance.now();
      const { outcomes, unavailable } = await this.sendOnce(remaining, options);
      const failed = outcomes.flatMap((outcome, at) =>
        outcome.outcome === 'failed' ? [{ outcome, operation: remaining[at]! }] : [],
      );
      succeeded += outcomes.length - failed.length;
      if (bulkChannel.hasSubscribers) {
        const message: BulkDiagnostics = {
          operations: outcomes.length,
          failed: failed.length,
          attempt,
          tookMs: performance.now() - began,
        };
        bulkChannel.publish(message);
      }
      const again = failed.filter(({ outcome }) => outcome.retryable);
      refused.push(
        ...failed
          .filter(({ outcome }) => !outcome.retryable)
          .map(({ outcome, operation }) => failureOf(outcome, operation.index)),
      );
      if (again.length === 0 || attempt >= this.options.attempts || options.signal?.aborted) {
        return {
          succeeded,
          failures: [...refused, ...again.map(({ outcome, operation }) => failureOf(outcome, operation.index))],
          unavailable,
        };
      }
      remaining = again.map(({ operation }) => operation);
      const waitMs = this.waitMs(attempt, unavailable);
      if (retryChannel.hasSubscribers) {
        const message: RetryDiagnostics = {
          operations: again.length,
          attempt,
          waitMs,
          reason: again[0]!.outcome.reason,
        };
        retryChannel.publish(message);
      }
      await pause(waitMs, options.signal);
    }
  }

  private async sendOnce(
    chunk: readonly BulkOperation[],
    options: CallOptions,
  ): Promise<{ outcomes: readonly BulkOutcome[]; unavailable?: SearchEngineUnavailableError }> {
    try {
      return { outcomes: await this.engine.bulk(chunk, options) };
    } catch (error) {
      if (isUnavailable(error))
        return { outcomes: chunk.map((operation) => unanswered(operation, error)), unavailable: error };
      if (!isRefused(error) || !OF_WHAT_IS_SENT.has(error.status)) throw error;
      if (chunk.length === 1) return { outcomes: [refusedAlone(chunk[0]!.id, error)] };
      return this.sendInHalves(chunk, options);
    }
  }

  /** A server or a proxy refuses the request for what one of its documents is, such as too large. */
  private async sendInHalves(
    chunk: readonly BulkOperation[],
    options: CallOptions,
  ): Promise<{ outcomes: readonly BulkOutcome[]; unavailable?: SearchEngineUnavailableError }> {
    const middle = Math.ceil(chunk.length / 2);
    const first = await this.sendOnce(chunk.slice(0, middle), options);
    const second = await this.sendOnce(chunk.slice(middle), options);
    const unavailable = second.unavailable ?? first.unavailable;
    return { outcomes: [...first.outcomes, ...second.outcomes], ...(unavailable ? { unavailable } : {}) };
  }

  private waitMs(attempt: number, unavailable: SearchEngineUnavailableError | undefined): number {
    const asked = Math.min(unavailable?.retryAfterMs ?? 0, this.options.maxMs);
    return Math.max(
      asked,
      this.options.retryAfterMs?.(attempt) ?? backoffMs(attempt, this.options, this.options.random()),
    );
  }
}

/** What is not versioned may have been done: a second try would do it twice, or fail at what the first has done. */
function unanswered(operation: BulkOperation, { reason, message }: SearchEngineUnavailableError): FailedOutcome {
  const retryable = 'version' in operation && operation.version !== undefined;
  return { id: operation.id, outcome: 'failed', status: 0, type: `engine_${reason}`, reason: message, retryable };
}

function refusedAlone(id: string, { status, type, reason }: SearchEngineError): FailedOutcome {
  const said = status === 413 ? `too large for the server or a proxy (413): ${reason}` : reason;
  return { id, outcome: 'failed', status, type, reason: said, retryable: false };
}
