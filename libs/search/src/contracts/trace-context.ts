import type { RelayBatchMessage } from './diagnostics.js';

/** Links what a relay writes to the requests whose transactions caused it. */
export interface TraceContext {
  /** What is active now, as the header `traceparent` of W3C Trace Context writes it; `undefined` when nothing is. */
  current(): string | undefined;
  /** Runs the batch of an index as caused by these, which `current()` returned where the changes were made. */
  resume(index: string, causes: readonly string[], batch: () => Promise<RelayBatchMessage>): Promise<RelayBatchMessage>;
}
