import { Inject, Injectable } from '@nestjs/common';
import type { BulkDiagnostics, RequestDiagnostics, RetryDiagnostics } from '@rookery/search';
import { Counter, Histogram, Registry } from 'prom-client';
import { DEMO_CONFIG, type DemoConfig } from '../config.js';
import { ChannelCollector } from './channel-collector.js';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const SEARCHES = new Set(['_search', '_msearch']);

/** Requests to OpenSearch. Labels are kinds of requests and codes of errors, never an index or an id. */
@Injectable()
export class SearchMetrics extends ChannelCollector {
  readonly #requests: Histogram<'operation' | 'outcome'>;
  readonly #slow: Counter;
  readonly #written: Counter<'outcome'>;
  readonly #bulks: Histogram;
  readonly #retries: Counter;

  protected readonly listeners = {
    'rookery:search:request': (message: RequestDiagnostics) => this.#requested(message),
    'rookery:search:bulk': (message: BulkDiagnostics) => this.#wrote(message),
    'rookery:search:retry': ({ operations }: RetryDiagnostics) => this.#retries.inc(operations),
  };

  constructor(
    registry: Registry,
    @Inject(DEMO_CONFIG) private readonly config: DemoConfig,
  ) {
    super();
    const registers = [registry];
    this.#requests = new Histogram({
      name: 'rookery_search_request_seconds',
      help: 'Requests to OpenSearch by kind and outcome',
      labelNames: ['operation', 'outcome'],
      buckets: SECONDS,
      registers,
    });
    this.#slow = new Counter({
      name: 'rookery_search_slow_queries_total',
      help: 'Searches that took SLOW_QUERY_MS or longer',
      registers,
    });
    this.#written = new Counter({
      name: 'rookery_search_bulk_operations_total',
      help: 'Operations of bulk requests',
      labelNames: ['outcome'],
      registers,
    });
    this.#bulks = new Histogram({
      name: 'rookery_search_bulk_seconds',
      help: 'Bulk requests',
      buckets: SECONDS,
      registers,
    });
    this.#retries = new Counter({
      name: 'rookery_search_bulk_retries_total',
      help: 'Operations that were sent again',
      registers,
    });
  }

  #requested({ operation, outcome, tookMs }: RequestDiagnostics): void {
    this.#requests.observe({ operation, outcome }, tookMs / 1000);
    if (SEARCHES.has(operation) && tookMs >= this.config.slowQueryMs) this.#slow.inc();
  }

  #wrote({ operations, failed, tookMs }: BulkDiagnostics): void {
    this.#bulks.observe(tookMs / 1000);
    this.#written.inc({ outcome: 'written' }, operations - failed);
    this.#written.inc({ outcome: 'failed' }, failed);
  }
}
