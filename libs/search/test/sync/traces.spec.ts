import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { SearchService } from '@rookery/search';
import { describeWith } from '@rookery/services';
import { instrumentSearch, openTelemetryTraceContext } from '../../src/adapters/opentelemetry/index.js';
import { Book } from './entities.js';
import { engineOf, startSearch, type Running } from './running.js';

describeWith('postgres', 'the trace of a request', () => {
  describeWith('opensearch', 'through the outbox', () => {
    const exporter = new InMemorySpanExporter();
    const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const tracer = tracerProvider.getTracer('test');
    let running: Running;
    let stop: () => void;
    const traceContext = openTelemetryTraceContext({ tracerProvider });

    beforeAll(async () => {
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
      stop = instrumentSearch({ tracerProvider });
      // A relay of its own reads later, so that changes of several requests are in one batch.
      running = await startSearch('postgres', { traceContext, relay: false });
    }, 60_000);
    afterAll(async () => {
      stop();
      await running.stop();
      context.disable();
    }, 30_000);

    /** @returns its trace */
    const request = (work: () => Promise<void>): Promise<string> =>
      tracer.startActiveSpan('request', async (span) => {
        await work();
        span.end();
        return span.spanContext().traceId;
      });
    beforeEach(() => exporter.reset());
    const outboxes = () => exporter.getFinishedSpans().filter(({ name }) => name === 'outbox');
    const create = (id: number) => async (): Promise<void> => {
      const em = running.orm.em.fork();
      em.create(Book, { id, title: `title ${id}` });
      await em.flush();
    };
    const relayed = async () => {
      const { orm, prefix } = running;
      const relay = new SearchService(orm, { engine: engineOf(), prefix, sync: 'outbox', traceContext });
      await relay.start();
      await relay.settled();
      await relay.close();
      const spans = exporter.getFinishedSpans();
      return {
        batches: spans.filter(({ name }) => name.startsWith('relay ')),
        bulks: spans.filter(({ name }) => name.startsWith('bulk')),
      };
    };

    it('of one change has its row in the outbox, the batch and its bulk as spans', async () => {
      const traceId = await request(create(1));
      const [made, cause] = [outboxes(), exporter.getFinishedSpans().find(({ name }) => name === 'request')!];
      expect(made.map((span) => span.parentSpanContext?.spanId)).toEqual([cause.spanContext().spanId]);
      const { batches, bulks } = await relayed();
      expect(batches.map((span) => span.spanContext().traceId)).toEqual([traceId]);
      expect(batches[0]!.parentSpanContext?.spanId).toBe(made[0]!.spanContext().spanId);
      expect(batches[0]!.attributes).toMatchObject({ 'rookery.search.rows': 1, 'rookery.search.documents': 1 });
      expect(bulks.map((span) => span.parentSpanContext?.spanId)).toEqual([batches[0]!.spanContext().spanId]);
    });

    it('is linked where a batch has changes of several', async () => {
      const traceIds = [await request(create(2)), await request(create(3))];
      await create(4)();
      const { batches } = await relayed();
      expect(batches).toHaveLength(1);
      expect([...new Set(batches[0]!.links.map((link) => link.context.traceId))]).toEqual(traceIds);
      expect(traceIds).not.toContain(batches[0]!.spanContext().traceId);
    });

    it('has the batch of all its transactions, linked to the later ones', async () => {
      const traceId = await request(async () => {
        await create(6)();
        await create(7)();
      });
      const made = outboxes().map((span) => span.spanContext().spanId);
      const { batches } = await relayed();
      expect(batches.map((span) => span.spanContext().traceId)).toEqual([traceId]);
      const [{ parentSpanContext: parent, links }] = batches as [ReadableSpan];
      expect([parent?.spanId, ...links.map((link) => link.context.spanId)].sort()).toEqual(made.sort());
    });

    it('has no span for changes that no request made', async () => {
      await create(8)();
      expect(outboxes()).toEqual([]);
      const { batches } = await relayed();
      expect(batches.map((span) => span.parentSpanContext)).toEqual([undefined]);
    });

    it('stays with a document that is refused, and is tried again', async () => {
      const em = running.orm.em.fork();
      const traceId = await request(async () => {
        em.create(Book, { id: 5, title: 'title 5', published: 'no date' });
        await em.flush();
      });
      await relayed();
      const rows = await em.getConnection().execute('select attempts, traceparent from search_outbox');
      expect(rows).toEqual([{ attempts: 1, traceparent: expect.stringContaining(traceId) as string }]);
    });

    it('is not active in what comes after', () => {
      expect(trace.getSpan(context.active())).toBeUndefined();
    });
  });
});
