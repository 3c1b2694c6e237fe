import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { startHerd, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { instrumentHerds } from '@rookery/herd/opentelemetry';
import { startMemcachedNode } from '@rookery/herd/testing';

it('an operation belongs to the request that called it, also among others at once', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = tracerProvider.getTracer('test');
  const stop = instrumentHerds({ tracerProvider });
  const node = await startMemcachedNode();
  const address = `${node.host}:${node.port}`;
  const herd = await startHerd({ name: 'traced', discovery: staticNodes([address]), driver: memcached() });
  try {
    const requests = await Promise.all(
      ['a', 'b', 'c'].map(async (key) => {
        const request = tracer.startSpan(`GET /${key}`);
        await context.with(trace.setSpan(context.active(), request), async () => {
          await herd.set(key, 1, { ttl: '1m' });
          await herd.getMany([key, `${key}-2`]);
        });
        request.end();
        return request.spanContext().spanId;
      }),
    );
    const parents = exporter
      .getFinishedSpans()
      .filter(({ name }) => name === address)
      .map(({ parentSpanContext }) => parentSpanContext?.spanId);
    expect(parents.sort()).toEqual([...requests, ...requests].sort());
  } finally {
    stop();
    await herd.close();
    await node.close();
    context.disable();
  }
});
