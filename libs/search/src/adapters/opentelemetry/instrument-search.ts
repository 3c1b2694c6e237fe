import {
  context,
  metrics,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type MeterProvider,
  type TracerProvider,
} from '@opentelemetry/api';
import {
  searchChannels,
  type BulkDiagnostics,
  type RelayBatchMessage,
  type RequestDiagnostics,
  type RetryDiagnostics,
} from '../../contracts/diagnostics.js';
import { listen } from '../../support/listen.js';
import { relayAttributes } from './relay-attributes.js';
import { checkCall } from '../../support/call-options.js';
import { having, type OptionTable } from '../../support/option-table.js';

const NAME = '@rookery/search';

export interface SearchInstrumentationOptions {
  /** Default: the global one. */
  readonly tracerProvider?: TracerProvider;
  /** Default: the global one. */
  readonly meterProvider?: MeterProvider;
}

const OPTIONS: OptionTable<SearchInstrumentationOptions> = {
  tracerProvider: having('must be a TracerProvider', 'getTracer'),
  meterProvider: having('must be a MeterProvider', 'getMeter'),
};

/**
 * A client span and a measurement of `db.client.operation.duration` for each request to an engine, by the semantic conventions
 * of database clients; a span for each batch of the relay; and the metrics `rookery.search.bulk.operations`,
 * `rookery.search.bulk.retries`, `rookery.search.relay.documents` and `rookery.search.relay.lag`. A span is the child of what
 * was active when the request was made. Needs `@opentelemetry/api`.
 *
 * @returns a function that ends it.
 * @throws SearchOptionError
 * @example const stop = instrumentSearch();
 */
export function instrumentSearch(options: SearchInstrumentationOptions = {}): () => void {
  checkCall('instrumentSearch', options, OPTIONS);
  const { tracerProvider = trace, meterProvider = metrics } = options;
  const tracer = tracerProvider.getTracer(NAME);
  const meter = meterProvider.getMeter(NAME);
  const duration = meter.createHistogram('db.client.operation.duration', {
    description: 'Duration of database client operations.',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
  });
  const operations = meter.createCounter('rookery.search.bulk.operations', { unit: '{operation}' });
  const retries = meter.createCounter('rookery.search.bulk.retries', { unit: '{operation}' });
  const documents = meter.createCounter('rookery.search.relay.documents', { unit: '{document}' });
  const lag = meter.createHistogram('rookery.search.relay.lag', {
    description: 'From commit to index, of the oldest change of a batch.',
    unit: 's',
  });

  /** Reported when it is over, so it begins as long ago as it took. */
  const span = (name: string, kind: SpanKind, tookMs: number, attributes: Attributes, failure?: string): void => {
    const now = Date.now();
    const made = tracer.startSpan(name, { kind, startTime: now - tookMs, attributes }, context.active());
    if (failure !== undefined) made.setStatus({ code: SpanStatusCode.ERROR, message: failure });
    made.end(now);
  };

  return listen({
    [searchChannels.request]: (message: RequestDiagnostics) => {
      const attributes = requestAttributes(message);
      duration.record(message.tookMs / 1000, attributes);
      const name = [attributes['db.operation.name'], attributes['db.collection.name']].filter(Boolean).join(' ');
      const failure = message.outcome === 'ok' ? undefined : message.outcome;
      span(name, SpanKind.CLIENT, message.tookMs, attributes, failure);
    },
    [searchChannels.bulk]: ({ operations: sent, failed }: BulkDiagnostics) => {
      operations.add(sent - failed, { 'rookery.search.outcome': 'written' });
      operations.add(failed, { 'rookery.search.outcome': 'failed' });
    },
    [searchChannels.retry]: ({ operations: again }: RetryDiagnostics) => retries.add(again),
    [searchChannels.relay]: ({
      index,
      rows,
      documents: written,
      refused,
      released,
      durationMs,
      lagMs,
      traced,
    }: RelayBatchMessage) => {
      const of = { 'rookery.search.index': index };
      documents.add(written, { ...of, 'rookery.search.outcome': 'written' });
      documents.add(refused, { ...of, 'rookery.search.outcome': 'refused' });
      if (!released) lag.record(lagMs / 1000, of);
      if (traced) return;
      const attributes = relayAttributes({ index, rows, documents: written, refused });
      span(`relay ${index}`, SpanKind.CONSUMER, durationMs, attributes, released ? 'released' : undefined);
    },
  });
}

/** No path among them, as it holds ids of documents. */
function requestAttributes({ engine, method, path, operation, outcome }: RequestDiagnostics): Attributes {
  const [first = ''] = path.split('/').filter(Boolean);
  return {
    'db.system.name': 'opensearch',
    'db.operation.name': operation === '' ? method.toLowerCase() : operation.slice(1),
    ...(first === '' || first.startsWith('_') ? {} : { 'db.collection.name': first }),
    'rookery.search.engine': engine,
    ...(outcome === 'ok' ? {} : { 'error.type': outcome }),
  };
}
