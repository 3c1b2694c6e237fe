import { channel } from 'node:diagnostics_channel';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { searchChannels } from '../../contracts/diagnostics.js';
import { instrumentSearch } from './instrument-search.js';

const request = {
  engine: 'main',
  method: 'POST',
  path: '/dev-passages/_search',
  operation: '_search',
  tookMs: 20,
  outcome: 'ok',
};
const batch = {
  index: 'passages',
  rows: 3,
  documents: 1,
  refused: 2,
  released: false,
  durationMs: 5,
  lagMs: 10,
  traced: false,
};

describe('search in OpenTelemetry', () => {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  beforeEach(() => exporter.reset());

  it.each([
    [request, 'search dev-passages', { 'db.operation.name': 'search', 'db.collection.name': 'dev-passages' }],
    [{ ...request, path: '/_bulk', operation: '_bulk' }, 'bulk', { 'db.operation.name': 'bulk' }],
    [
      { ...request, method: 'PUT', path: '/dev-passages-v1', operation: '' },
      'put dev-passages-v1',
      { 'db.operation.name': 'put' },
    ],
  ])('has a client span by the conventions: %j', (message, name, attributes) => {
    const stop = instrumentSearch({ tracerProvider });
    channel(searchChannels.request).publish(message);
    stop();
    channel(searchChannels.request).publish(message);
    const spans = exporter.getFinishedSpans();
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({
      name,
      kind: SpanKind.CLIENT,
      attributes: { 'db.system.name': 'opensearch', ...attributes },
    });
  });

  it('keeps ids of documents to itself, and names errors by their code', () => {
    const stop = instrumentSearch({ tracerProvider });
    const path = '/dev-people/_doc/jane.doe%40example.com';
    channel(searchChannels.request).publish({ ...request, path, operation: '_doc', outcome: 'SEARCH_NOT_FOUND' });
    stop();
    const [{ name, attributes, status } = { name: '', attributes: {}, status: undefined }] =
      exporter.getFinishedSpans();
    expect({ name, status }).toMatchObject({ name: 'doc dev-people', status: { code: SpanStatusCode.ERROR } });
    expect((attributes as Record<string, unknown>)['error.type']).toBe('SEARCH_NOT_FOUND');
    expect(JSON.stringify({ name, attributes })).not.toContain('jane');
  });

  it('has a span for each batch of the relay, and measures its lag', async () => {
    const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 });
    const meterProvider = new MeterProvider({ readers: [reader] });
    const stop = instrumentSearch({ tracerProvider, meterProvider });
    channel(searchChannels.relay).publish(batch);
    channel(searchChannels.relay).publish({ ...batch, released: true, documents: 0, refused: 0 });
    await reader.forceFlush();
    stop();
    expect(exporter.getFinishedSpans()).toMatchObject([
      { name: 'relay passages', kind: SpanKind.CONSUMER, attributes: { 'rookery.search.documents': 1 } },
      { name: 'relay passages', status: { code: SpanStatusCode.ERROR, message: 'released' } },
    ]);
    const found = metricExporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    const lag = found.find(({ descriptor }) => descriptor.name === 'rookery.search.relay.lag');
    expect(lag).toMatchObject({ dataPoints: [{ value: { count: 1, sum: 0.01 } }] });
    await meterProvider.shutdown();
  });

  it.each([
    [{ tracers: 1 }, 'tracers is not an option'],
    [{ tracerProvider: {} }, 'instrumentSearch.tracerProvider must be a TracerProvider'],
  ])('refuses %j', (options, message) => expect(() => instrumentSearch(options as never)).toThrow(message));
});
