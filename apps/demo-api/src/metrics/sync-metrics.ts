import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectSearch, type RelayBatchMessage, type SearchService } from '@rookery/search';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ChannelCollector } from './channel-collector.js';

const COUNT_TIMEOUT_MS = 500;
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How far search is behind the database. The label is the index: as many as there are `@Indexed` entities. */
@Injectable()
export class SyncMetrics extends ChannelCollector {
  readonly #batches: Histogram<'index'>;
  readonly #lag: Histogram<'index'>;
  readonly #documents: Counter<'index' | 'outcome'>;
  readonly #released: Counter<'index'>;
  readonly #waiting: Gauge;
  readonly #deadLetters: Gauge;
  readonly #oldest: Gauge;
  #counting: Promise<void> | undefined;

  protected readonly listeners = { 'rookery:search:relay': (message: RelayBatchMessage) => this.#relayed(message) };

  constructor(
    registry: Registry,
    @InjectSearch() private readonly search: SearchService,
  ) {
    super();
    const registers = [registry];
    const labelNames = ['index'] as const;
    this.#batches = new Histogram({
      name: 'rookery_sync_batch_seconds',
      help: 'Batches of the relay',
      labelNames,
      buckets: SECONDS,
      registers,
    });
    this.#lag = new Histogram({
      name: 'rookery_sync_lag_seconds',
      help: 'From commit to index, of the oldest change of a batch',
      labelNames,
      buckets: SECONDS,
      registers,
    });
    this.#documents = new Counter({
      name: 'rookery_sync_documents_total',
      help: 'Documents of the relay',
      labelNames: ['index', 'outcome'],
      registers,
    });
    this.#released = new Counter({
      name: 'rookery_sync_released_batches_total',
      help: 'Batches that could not be written, and are tried again',
      labelNames,
      registers,
    });
    const collect = () => this.#counted();
    this.#waiting = new Gauge({
      name: 'rookery_sync_backlog',
      help: 'Changes that wait in the outbox',
      registers,
      collect,
    });
    this.#deadLetters = new Gauge({
      name: 'rookery_sync_dead_letters',
      help: 'Documents that were refused too often',
      registers,
      collect,
    });
    this.#oldest = new Gauge({
      name: 'rookery_sync_oldest_seconds',
      help: 'Age of the oldest change that waits',
      registers,
      collect,
    });
  }

  #relayed({ index, documents, refused, released, durationMs, lagMs }: RelayBatchMessage): void {
    if (released) return this.#released.inc({ index });
    this.#batches.observe({ index }, durationMs / 1000);
    this.#lag.observe({ index }, lagMs / 1000);
    this.#documents.inc({ index, outcome: 'written' }, documents);
    this.#documents.inc({ index, outcome: 'refused' }, refused);
  }

  /** One count for the three gauges of a scrape, which does not wait for a database that hangs. */
  #counted(): Promise<void> {
    this.#counting ??= this.#count().finally(() => (this.#counting = undefined));
    return Promise.race([this.#counting, delay(COUNT_TIMEOUT_MS, undefined, { ref: false })]);
  }

  /** While the database does not answer, the last figures stay: `/health` tells why. */
  async #count(): Promise<void> {
    const backlog = await this.search.backlog().catch(() => undefined);
    if (backlog === undefined) return;
    this.#waiting.set(backlog.pending);
    this.#deadLetters.set(backlog.deadLetters);
    this.#oldest.set(backlog.lagMs / 1000);
  }
}
