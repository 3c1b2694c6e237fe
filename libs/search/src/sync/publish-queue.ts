import type { SearchEventListener } from '../contracts/search-event.js';
import { documentIdOf } from '../document/document-builder.js';
import { keyText } from '../document/document-id.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { isPassing } from '../indexing/bulk-report.js';
import { backoffMs } from '../support/backoff.js';
import { pause } from '../support/pause.js';
import type { DocumentPublisher } from '../indexing/document-publisher.js';
import { expand, type KeyReader } from './expansion.js';
import { TouchSet, type Touch } from '../capture/touch.js';

export interface PublishQueueOptions {
  /** Changes that may wait while the engine is away; more are dropped and reported. */
  readonly maxPending: number;
  readonly backoff: Readonly<{ baseMs: number; maxMs: number }>;
  readonly random: () => number;
}

export const PUBLISH_DEFAULTS: PublishQueueOptions = Object.freeze({
  maxPending: 100_000,
  backoff: Object.freeze({ baseMs: 200, maxMs: 30_000 }),
  random: Math.random,
});

/**
 * Publishes the changes of one index, one batch at a time: what is committed meanwhile gathers for the next one. When
 * the engine is away the changes wait in memory, and are lost with the process.
 */
export class PublishQueue {
  private pending = new TouchSet();
  private inFlight = 0;
  private running: Promise<void> | undefined;
  private delayed = false;
  private readonly stop = new AbortController();
  private failure: unknown;

  constructor(
    private readonly definition: IndexDefinition,
    private readonly publisher: Pick<DocumentPublisher, 'publish'>,
    private readonly reader: KeyReader,
    private readonly report: SearchEventListener,
    private readonly options: PublishQueueOptions = PUBLISH_DEFAULTS,
  ) {}

  /** Changes that are not in the index yet. */
  get waiting(): number {
    return this.pending.size + this.inFlight;
  }

  /** Why the last batch did not go through. */
  get lastError(): unknown {
    return this.failure;
  }

  add(touches: readonly Touch[]): void {
    if (this.stop.signal.aborted) return this.drop(touches.length, 'closed');
    const room = this.options.maxPending - this.waiting;
    if (touches.length > room) this.drop(touches.length - Math.max(0, room), 'full');
    this.pending.addAll(touches.slice(0, Math.max(0, room)));
    this.wake();
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  /** Ends waits and requests; what is not written is dropped and reported. */
  async close(): Promise<void> {
    this.stop.abort();
    await this.idle();
    if (this.pending.size > 0) this.drop(this.pending.size, 'closed');
    this.pending = new TouchSet();
  }

  private wake(): void {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      if (this.pending.size > 0 && !this.stop.signal.aborted) this.wake();
    });
  }

  private async run(): Promise<void> {
    for (let failures = 0; this.pending.size > 0 && !this.stop.signal.aborted;) {
      const batch = this.pending;
      this.pending = new TouchSet();
      this.inFlight = batch.size;
      const retry = await this.publish(batch);
      this.inFlight = 0;
      this.pending.addAll(retry.touches);
      failures = retry.touches.length > 0 ? failures + 1 : 0;
      this.reportDelay(retry);
      if (failures > 0)
        await pause(backoffMs(failures, this.options.backoff, 0.5 + this.options.random() / 2), this.stop.signal);
    }
  }

  /** @returns what has to be tried again, and why. */
  private async publish(batch: TouchSet): Promise<{ touches: readonly Touch[]; error?: unknown }> {
    const again = new TouchSet();
    let cause: unknown;
    try {
      for await (const keys of expand(batch, this.definition, this.reader, (...given) => this.refuse(...given))) {
        const { failures, unavailable } = await this.publisher.publish(this.definition, keys, {
          signal: this.stop.signal,
        });
        const retryable = new Set(failures.filter(isPassing).map(({ id }) => id));
        again.addAll(
          keys
            .filter((key) => retryable.has(documentIdOf(this.definition.model, key)))
            .map((key) => ({ definition: this.definition, path: [], key })),
        );
        cause = unavailable ?? (retryable.size > 0 ? failures.find(isPassing) : cause);
        const refused = failures.filter((failure) => !isPassing(failure));
        if (refused.length > 0)
          this.report({ type: 'documents-refused', index: this.definition.alias, failures: refused });
      }
      return { touches: [...again], error: cause };
    } catch (error) {
      // The engine or the database is away, or the index does not fit: the whole batch is done again, which is harmless.
      return { touches: [...batch], error };
    }
  }

  /** Touches of this process's own model: the database refuses to look for what they name. */
  private refuse(touches: readonly Touch[], reason: string): void {
    const failures = touches.map(({ path, key }) => ({
      id: [...path, keyText(key)].join('/'),
      status: 0,
      type: 'unreachable',
      reason,
    }));
    this.report({ type: 'documents-refused', index: this.definition.alias, failures });
  }

  private reportDelay({ touches, error }: { touches: readonly Touch[]; error?: unknown }): void {
    this.failure = touches.length > 0 ? error : undefined;
    const index = this.definition.alias;
    if (touches.length > 0 && !this.delayed)
      this.report({ type: 'publish-delayed', index, pending: this.waiting, error });
    if (touches.length === 0 && this.delayed) this.report({ type: 'publish-resumed', index });
    this.delayed = touches.length > 0;
  }

  private drop(count: number, reason: 'full' | 'closed'): void {
    this.report({ type: 'changes-dropped', index: this.definition.alias, count, reason });
  }
}
