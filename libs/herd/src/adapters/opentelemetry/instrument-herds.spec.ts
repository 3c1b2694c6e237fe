import { channel } from 'node:diagnostics_channel';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { herdChannels, type OperationMessage } from '../../contracts/diagnostics.js';
import { instrumentHerds } from './instrument-herds.js';

const operation: OperationMessage = {
  herd: 'cache',
  driver: 'memcached',
  node: { id: 'a', host: '10.0.0.1', port: 11211 },
  outcome: 'ok',
  tookMs: 20,
};
const conventional = {
  'db.system.name': 'memcached',
  'server.address': '10.0.0.1',
  'server.port': 11211,
  'rookery.herd.name': 'cache',
};

describe('the spans of herds', () => {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const manager = new AsyncLocalStorageContextManager();
  let stop: () => void;

  beforeAll(() => context.setGlobalContextManager(manager.enable()));
  afterAll(() => context.disable());
  beforeEach(() => {
    exporter.reset();
    stop = instrumentHerds({ tracerProvider });
  });
  afterEach(() => stop());

  it('follow the conventions of database clients, below what is active', () => {
    const request = tracerProvider.getTracer('test').startSpan('GET /');
    context.with(trace.setSpan(context.active(), request), () => channel(herdChannels.operation).publish(operation));
    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({ name: '10.0.0.1:11211', kind: SpanKind.CLIENT, attributes: conventional });
    expect(span!.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
    expect(span!.duration[1]).toBeCloseTo(20e6, -6);
  });

  it.each([
    ['metaMemcached', 'memcached'],
    ['redis', 'redis'],
    ['redisCluster', 'redis'],
    ['redisSentinel', 'redis'],
    ['one of my own', 'one of my own'],
  ])('of %s name the system %s', (driver, system) => {
    channel(herdChannels.operation).publish({ ...operation, driver });
    expect(exporter.getFinishedSpans()[0]).toMatchObject({ attributes: { ...conventional, 'db.system.name': system } });
  });

  it('have the kind of error', () => {
    channel(herdChannels.operation).publish({ ...operation, outcome: 'HERD_TIMEOUT' });
    expect(exporter.getFinishedSpans()[0]).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { ...conventional, 'error.type': 'HERD_TIMEOUT' },
    });
  });

  it('end when they are stopped', () => {
    stop();
    channel(herdChannels.operation).publish(operation);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});

it('the durations of operations are measured in seconds', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const stop = instrumentHerds({ meterProvider });
  channel(herdChannels.operation).publish(operation);
  channel(herdChannels.health).publish({ herd: 'cache', node: operation.node, health: { state: 'down' } });
  await reader.forceFlush();
  const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  const byName = new Map(found.map((metric) => [metric.descriptor.name, metric]));
  expect(byName.get('db.client.operation.duration')).toMatchObject({
    descriptor: { unit: 's' },
    dataPoints: [{ value: { count: 1, sum: 0.02 }, attributes: conventional }],
  });
  expect(byName.get('rookery.herd.ejections')).toMatchObject({ dataPoints: [{ value: 1 }] });
  stop();
  await meterProvider.shutdown();
});

it.each([
  [{ tracer: 1 }, 'tracer is not an option'],
  [{ tracerProvider: {} }, 'tracerProvider must be a TracerProvider'],
  [{ meterProvider: 1 }, 'meterProvider must be a MeterProvider'],
])('%j is refused', (options, message) => expect(() => instrumentHerds(options as never)).toThrow(message));
