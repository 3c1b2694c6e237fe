import type { RelayBatchMessage } from '../contracts/diagnostics.js';
import type { SearchEventListener } from '../contracts/search-event.js';
import type { TraceContext } from '../contracts/trace-context.js';

/** https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A trace context that fails neither a transaction nor a batch: what goes wrong is reported, once until it works again. */
export class SafeTraceContext implements TraceContext {
  private lost = false;

  constructor(
    private readonly inner: TraceContext,
    private readonly report: SearchEventListener,
  ) {}

  current(): string | undefined {
    try {
      const traceparent = this.inner.current();
      if (traceparent !== undefined && !TRACEPARENT.test(traceparent))
        throw new TypeError(
          `traceContext.current() must return a traceparent (got ${String(traceparent).slice(0, 80)})`,
        );
      this.lost = false;
      return traceparent;
    } catch (error) {
      this.note(error);
      return undefined;
    }
  }

  async resume(
    index: string,
    causes: readonly string[],
    batch: () => Promise<RelayBatchMessage>,
  ): Promise<RelayBatchMessage> {
    let run: Promise<RelayBatchMessage> | undefined;
    const once = (): Promise<RelayBatchMessage> => (run ??= batch());
    try {
      await this.inner.resume(index, causes, once);
    } catch (error) {
      this.note(error);
    }
    return once();
  }

  private note(error: unknown): void {
    if (!this.lost) this.report({ type: 'trace-lost', error });
    this.lost = true;
  }
}
