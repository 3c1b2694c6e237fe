import { channel } from 'node:diagnostics_channel';

/** Published for each request to an engine, when it ends, on `rookery:search:request`. */
export interface RequestDiagnostics {
  readonly engine: string;
  readonly method: string;
  /** With index and document names in it: group by `operation` for metrics. */
  readonly path: string;
  /** The part of the path that begins with `_`, such as `_search` or `_bulk`; empty for an index itself. */
  readonly operation: string;
  readonly tookMs: number;
  /** `ok`, or the code of the error. */
  readonly outcome: string;
}

/** Published for each bulk request, when it ends, on `rookery:search:bulk`. */
export interface BulkDiagnostics {
  readonly operations: number;
  readonly failed: number;
  /** 1 is the first. */
  readonly attempt: number;
  readonly tookMs: number;
}

/** Published before the wait for another try, on `rookery:search:retry`. */
export interface RetryDiagnostics {
  readonly operations: number;
  /** The try that failed. */
  readonly attempt: number;
  readonly waitMs: number;
  readonly reason: string;
}

/**
 * Channels of `node:diagnostics_channel`. Nothing is made for them while nobody listens.
 *
 * @example
 * diagnostics_channel.subscribe('rookery:search:request', (message) => histogram.observe((message as RequestDiagnostics).tookMs));
 */
export const requestChannel = channel('rookery:search:request');
export const bulkChannel = channel('rookery:search:bulk');
export const retryChannel = channel('rookery:search:retry');
