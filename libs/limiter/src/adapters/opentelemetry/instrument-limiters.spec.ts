import { channel } from 'node:diagnostics_channel';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { limiterChannels } from '../../contracts/diagnostics.js';
import { Limiter } from '../../service/limiter.js';
import { memoryStorage } from '../../storage/memory.storage.js';
import { instrumentLimiters } from './instrument-limiters.js';

const attributes = {
  'rookery.limiter.policy': 'api',
  'rookery.limiter.source': 'storage',
  'rookery.limiter.storage': 'memory',
};

describe('limiters in OpenTelemetry', () => {
  beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  afterAll(() => context.disable());

  it('put each decision into the span of its request', async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const stop = instrumentLimiters();
    const limiter = new Limiter({ storage: memoryStorage(), policies: { api: { limit: 1, per: '1h' } } });
    for (const name of ['first', 'second']) {
      const request = provider.getTracer('test').startSpan(name);
      await context.with(trace.setSpan(context.active(), request), () => limiter.consume('api', 'someone'));
      request.end();
    }
    await limiter.consume('api', 'someone'); // Outside of a span nothing is reported, and nothing fails.
    stop();
    const events = exporter
      .getFinishedSpans()
      .map(({ events }) => events.map(({ name, attributes: of }) => ({ name, of })));
    const cost = { 'rookery.limiter.cost': 1, 'rookery.limiter.remaining': 0 };
    const decisionOf = (outcome: string) => [
      {
        name: 'rookery.limiter.decision',
        of: expect.objectContaining({ ...cost, 'rookery.limiter.outcome': outcome }) as unknown,
      },
    ];
    expect(events).toEqual([decisionOf('allowed'), decisionOf('refused')]);
    expect(JSON.stringify(events)).not.toContain('someone');
  });

  it('count decisions and errors', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const meterProvider = new MeterProvider({ readers: [reader] });
    const stop = instrumentLimiters({ meterProvider });
    const decision = { policy: 'api', allowed: true, source: 'storage', remaining: 4 };
    channel(limiterChannels.decision).publish({ storage: 'memory', cost: 1, decision });
    channel(limiterChannels.storageError).publish({ storage: 'memory', policy: 'api' });
    await reader.forceFlush();
    const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    expect(found.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints])).toMatchObject([
      [
        'rookery.limiter.decisions',
        [{ value: 1, attributes: { ...attributes, 'rookery.limiter.outcome': 'allowed' } }],
      ],
      ['rookery.limiter.storage.errors', [{ value: 1 }]],
    ]);
    stop();
    await meterProvider.shutdown();
  });

  it.each([
    [{ meterProviders: 1 }, 'did you mean instrumentLimiters.meterProvider?'],
    [{ meterProvider: null }, 'meterProvider must be a MeterProvider'],
  ])('%j is refused', (options, message) => expect(() => instrumentLimiters(options as never)).toThrow(message));
});
