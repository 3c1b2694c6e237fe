import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describeWith } from '@rookery/services';
import { deleteIndices, type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { spanTree } from './span-tree.js';
import { until } from './until.js';

const CALLER = 'b'.repeat(16);
const traceparent = (traceId: string) => ({ traceparent: `00-${traceId}-${CALLER}-01` });

describeWith('postgres', 'a request in OpenTelemetry', (postgres) => {
  describeWith('opensearch', 'with OpenSearch', (opensearch) => {
    describeWith('memcached', 'and memcached', (memcached) => {
      const exporter = new InMemorySpanExporter();
      let demo: DemoUnderTest;

      beforeAll(async () => {
        context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
        propagation.setGlobalPropagator(new W3CTraceContextPropagator());
        trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
        demo = await startDemoUnderTest({
          ...ownEnvironment({ postgres, opensearch, memcached }),
          TRACING: 'on',
          EDITS: 'open',
          ACCESS_LOG: 'on',
          SLOW_QUERY_MS: '1',
          LIMITER_STORAGE: 'memcached',
          LIMITER_TIMEOUT_MS: '10000',
        });
      }, 60_000);

      afterAll(async () => {
        await demo?.remove();
        if (demo !== undefined) await deleteIndices(demo.env);
        context.disable();
        propagation.disable();
        trace.disable();
      }, 30_000);

      const spansOf = (traceId: string) =>
        exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId);
      const spansWith = (traceId: string, name: string) =>
        until(
          () => Promise.resolve(spansOf(traceId)),
          (spans) => spans.some((span) => span.name.startsWith(name)),
        );

      it('that changes a row is one trace: HTTP, limiter, herd, ORM, outbox, relay and bulk', async () => {
        const traceId = 'a1'.repeat(16);
        const response = await fetch(`${demo.url}/presidents/1`, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json', ...traceparent(traceId) },
          body: JSON.stringify({ party: 'Whig' }),
        });
        expect(response.status).toBe(200);
        const spans = await spansWith(traceId, 'relay ');
        const nodes = new Set(memcached.split(','));
        const passages = `${demo.env['DEMO_PREFIX']}-passages`;
        const tree = spanTree(spans, CALLER, (name) => (nodes.has(name) ? 'a node of the herd' : name));
        expect(tree).toEqual([
          {
            name: 'PATCH /presidents/:id',
            events: ['rookery.limiter.decision'],
            spans: [
              'a node of the herd', // The bucket is read, and written.
              'a node of the herd',
              'SELECT president',
              'BEGIN',
              'UPDATE president',
              {
                name: 'outbox',
                spans: [
                  {
                    name: `relay ${passages}`,
                    spans: [
                      'SELECT passage',
                      'SELECT search_migration',
                      'UPDATE search_clock',
                      'SELECT passage',
                      'SELECT address',
                      'SELECT president',
                      `bulk ${passages}`,
                      'SELECT',
                    ],
                  },
                ],
              },
              'COMMIT',
              'SELECT address',
              ...Array<string>(spans.filter(({ name }) => nodes.has(name)).length - 2).fill('a node of the herd'),
            ],
          },
        ]);
        expect(spans.filter(({ name }) => nodes.has(name)).length).toBeGreaterThan(2); // Cached addresses are dropped.
      });

      it('has the attributes of HTTP at its server span, and its statements without their values', async () => {
        const traceId = 'a2'.repeat(16);
        for (const id of ['none', '9999'])
          await fetch(`${demo.url}/addresses/${id}`, { headers: traceparent(traceId) });
        const spans = await spansWith(traceId, 'SELECT address');
        const server = await until(
          () => Promise.resolve(spansOf(traceId).filter(({ kind }) => kind === SpanKind.SERVER)),
          (found) => found.length === 2,
        );
        expect(server.map(({ name, attributes }) => ({ name, ...attributes }))).toEqual(
          [
            ['none', 400],
            ['9999', 404],
          ].map(([id, status]) => ({
            name: 'GET /addresses/:id',
            'http.request.method': 'GET',
            'http.route': '/addresses/:id',
            'http.response.status_code': status,
            'url.path': `/addresses/${id}`,
            'url.scheme': 'http',
          })),
        );
        const select = spans.find(({ name }) => name === 'SELECT address')!;
        expect(select.attributes['db.query.text']).not.toContain('9999');
      });

      it('is named in the lines of the log, and by the engine to which it led', async () => {
        const traceId = 'a3'.repeat(16);
        await fetch(`${demo.url}/search?q=union`, { headers: traceparent(traceId) });
        const lines = await until(
          () => Promise.resolve(demo.printed.split('\n').filter((line) => line.includes(traceId))),
          (found) => found.some((line) => line.startsWith('{')),
        );
        const [access] = lines.filter((line) => line.startsWith('{'));
        expect(JSON.parse(access!)).toMatchObject({ trace: traceId, url: '/search?q=union', status: 200 });
        expect(lines.filter((line) => line.includes('a search took'))).not.toEqual([]);
      });

      it('begins a trace of its own where the caller has none', async () => {
        await fetch(`${demo.url}/suggest?q=uni`);
        const [span] = await until(
          () => Promise.resolve(exporter.getFinishedSpans().filter(({ name }) => name === 'GET /suggest')),
          (found) => found.length === 1,
        );
        expect(span!.parentSpanContext).toBeUndefined();
      });

      it('does not follow what polls without a cause', () => {
        const roots = exporter.getFinishedSpans().filter(({ parentSpanContext }) => parentSpanContext === undefined);
        expect(roots.filter(({ attributes }) => attributes['db.system.name'] === 'postgresql')).toEqual([]);
      });
    });
  });
});
