import { Counter, Histogram, register as globalRegister, type Registry } from 'prom-client';
import {
  searchChannels,
  type BulkDiagnostics,
  type RelayBatchMessage,
  type RequestDiagnostics,
  type RetryDiagnostics,
} from '../../contracts/diagnostics.js';
import { listen, type Listeners } from '../../support/listen.js';
import { checkCall } from '../../support/call-options.js';
import { having, type OptionTable } from '../../support/option-table.js';
import { backlogGauges, type Backlogged } from './backlog-gauges.js';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SEARCHES: ReadonlySet<string> = new Set(['_search', '_msearch']);

export interface SearchMetricsOptions {
  /** Where the metrics are put; prom-client's global registry when absent. */
  readonly register?: Registry;
  /** A `SearchService` with an outbox, for the gauges of its backlog; without one there are none. */
  readonly search?: Backlogged;
  /** Searches of this many milliseconds or more are counted as slow; none when absent. */
  readonly slowQueryMs?: number;
}

const OPTIONS: OptionTable<SearchMetricsOptions> = {
  register: having('must be a Registry of prom-client', 'registerMetric'),
  search: having('must be a SearchService', 'backlog'),
  slowQueryMs: {
    accepts: (value) => typeof value === 'number' && value >= 0,
    requirement: 'must be a number of milliseconds, 0 or more',
  },
};

/**
 * What search does in this process, for Prometheus. Requests: `rookery_search_request_seconds` (operation, outcome),
 * `rookery_search_slow_queries_total`. Bulks: `rookery_search_bulk_seconds`, `rookery_search_bulk_operations_total` (outcome),
 * `rookery_search_bulk_retries_total`. The relay: `rookery_sync_batch_seconds`, `rookery_sync_lag_seconds`,
 * `rookery_sync_released_batches_total` (index), `rookery_sync_documents_total` (index, outcome). With `search`:
 * `rookery_sync_backlog`, `rookery_sync_dead_letters`, `rookery_sync_oldest_seconds`. Needs `prom-client`.
 *
 * @returns a function that ends it, and removes the metrics from the registry.
 * @throws SearchOptionError
 * @example const stop = collectSearchMetrics({ search, slowQueryMs: 500 });
 */
export function collectSearchMetrics(options: SearchMetricsOptions = {}): () => void {
  checkCall('collectSearchMetrics', options, OPTIONS);
  const { register = globalRegister, search, slowQueryMs = Infinity } = options;
  const made = new Made(register);
  const unlisten = listen({
    ...requestListeners(made, slowQueryMs),
    ...bulkListeners(made),
    ...relayListeners(made),
  });
  const gauges = search === undefined ? [] : backlogGauges(register, search);
  return () => {
    unlisten();
    for (const name of [...made.names, ...gauges]) register.removeSingleMetric(name);
  };
}

class Made {
  readonly names: string[] = [];

  constructor(private readonly register: Registry) {}

  histogram<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Histogram<Label> {
    this.names.push(name);
    return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [this.register] });
  }

  counter<Label extends string>(name: string, help: string, labelNames: readonly Label[] = []): Counter<Label> {
    this.names.push(name);
    return new Counter({ name, help, labelNames, registers: [this.register] });
  }
}

/** Labels are kinds of requests and codes of errors, never an index or an id. */
function requestListeners(made: Made, slowQueryMs: number): Listeners {
  const labels = ['operation', 'outcome'] as const;
  const requests = made.histogram('rookery_search_request_seconds', 'Requests by kind and outcome', labels);
  const slow = made.counter('rookery_search_slow_queries_total', 'Searches that took slowQueryMs or longer');
  return {
    [searchChannels.request]: ({ operation, outcome, tookMs }: RequestDiagnostics) => {
      requests.observe({ operation, outcome }, tookMs / 1000);
      if (SEARCHES.has(operation) && tookMs >= slowQueryMs) slow.inc();
    },
  };
}

function bulkListeners(made: Made): Listeners {
  const bulks = made.histogram('rookery_search_bulk_seconds', 'Bulk requests', []);
  const written = made.counter('rookery_search_bulk_operations_total', 'Operations of bulk requests', ['outcome']);
  const retries = made.counter('rookery_search_bulk_retries_total', 'Operations that were sent again');
  return {
    [searchChannels.bulk]: ({ operations, failed, tookMs }: BulkDiagnostics) => {
      bulks.observe(tookMs / 1000);
      written.inc({ outcome: 'written' }, operations - failed);
      written.inc({ outcome: 'failed' }, failed);
    },
    [searchChannels.retry]: ({ operations }: RetryDiagnostics) => retries.inc(operations),
  };
}

/** The label is the index: as many as there are `@Indexed` entities. */
function relayListeners(made: Made): Listeners {
  const labels = ['index'] as const;
  const batches = made.histogram('rookery_sync_batch_seconds', 'Batches of the relay', labels);
  const lags = made.histogram(
    'rookery_sync_lag_seconds',
    'From commit to index, of the oldest change of a batch',
    labels,
  );
  const documents = made.counter('rookery_sync_documents_total', 'Documents of the relay', ['index', 'outcome']);
  const released = made.counter('rookery_sync_released_batches_total', 'Batches that are tried again', labels);
  return {
    [searchChannels.relay]: (message: RelayBatchMessage) => {
      const { index } = message;
      if (message.released) return released.inc({ index });
      batches.observe({ index }, message.durationMs / 1000);
      lags.observe({ index }, message.lagMs / 1000);
      documents.inc({ index, outcome: 'written' }, message.documents);
      documents.inc({ index, outcome: 'refused' }, message.refused);
    },
  };
}
