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
  /** What `X-Opaque-Id` carried. */
  readonly opaqueId?: string;
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

/** Published after each batch of an index that a relay writes, on `rookery:search:relay`. */
export interface RelayBatchMessage {
  readonly index: string;
  readonly rows: number;
  /** Written ones. */
  readonly documents: number;
  readonly refused: number;
  /** Whether the rows wait for another try, as engine or database did not answer. */
  readonly released: boolean;
  readonly durationMs: number;
  /** Age of the oldest row of the batch when it was done, in milliseconds. */
  readonly lagMs: number;
  /** Whether a `traceContext` ran the batch, which then has a span already. */
  readonly traced: boolean;
}

/**
 * The channels of `node:diagnostics_channel` on which the library reports. No message is made while nobody listens.
 *
 * @example
 * diagnostics_channel.subscribe(searchChannels.request, (message) => histogram.observe((message as RequestDiagnostics).tookMs));
 */
export const searchChannels = Object.freeze({
  request: 'rookery:search:request',
  bulk: 'rookery:search:bulk',
  retry: 'rookery:search:retry',
  relay: 'rookery:search:relay',
} as const);
