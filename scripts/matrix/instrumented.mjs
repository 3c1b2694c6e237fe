// Runs in a fresh application: what OpenTelemetry's own instrumentations of the clients make of the libraries.
// Argument: import or require, by which the libraries and so their clients are loaded.
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createRequire, register } from 'node:module';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { MemcachedInstrumentation } from '@opentelemetry/instrumentation-memcached';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

const [way] = process.argv.slice(2);
const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
trace.setGlobalTracerProvider(tracerProvider);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
// As their documentation has it: before anything else is loaded.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
registerInstrumentations({
  tracerProvider,
  instrumentations: [
    // It ends every process that imports memcached, where the hook is registered: it reads the prototype of the module's namespace.
    ...(way === 'require' ? [new MemcachedInstrumentation()] : []),
    new IORedisInstrumentation(),
    new HttpInstrumentation({ disableIncomingRequestInstrumentation: true }),
    new PgInstrumentation(),
  ],
});
const require = createRequire(import.meta.url);
const load = way === 'require' ? async (specifier) => require(specifier) : (specifier) => import(specifier);

const { MEMCACHED_SERVERS, REDIS_URL, OPENSEARCH_URL, POSTGRES_URL, DB_NAME } = process.env;
const tracer = tracerProvider.getTracer('proof');

/**
 * What a request that does `work` has below it, as `scope: name` of each span, the same for each of three.
 *
 * @param together at once, where each sends something of its own
 * @param afterwards what goes on when the requests have ended, which is not to be theirs
 */
async function spansOf(work, { together = true, afterwards = () => {} } = {}) {
  const requests = [];
  const request = () =>
    tracer.startActiveSpan('request', async (span) => {
      await work();
      assert.equal(trace.getActiveSpan(), span, 'what follows is still of the request');
      span.end();
      requests.push(span);
    });
  if (together) await Promise.all([request(), request(), request()]);
  else for (let time = 0; time < 3; time++) await request();
  const below = requests.map((span) => exporter.getFinishedSpans().filter((other) => isBelow(other, span)));
  const [first, ...others] = below.map((spans) => spans.map(nameOf).sort());
  for (const other of others) assert.deepEqual(other, first, 'each request has the same spans');
  await afterwards();
  judgeAll(requests);
  return first;
}

const isBelow = ({ parentSpanContext }, span) => parentSpanContext?.spanId === span.spanContext().spanId;
const nameOf = ({ instrumentationScope, name }) =>
  `${instrumentationScope.name.replace('@opentelemetry/instrumentation-', '')}: ${name}`;
const millis = ([seconds, nanos]) => seconds * 1e3 + nanos / 1e6;

/** A clock of milliseconds beside one of nanoseconds. */
const CLOCKS_MS = 2;

function judgeAll(requests) {
  const finished = exporter.getFinishedSpans();
  for (const { name } of finished) assert.doesNotMatch(name, /undefined|unknown/, 'each span has its name');
  for (const span of requests)
    for (const other of finished.filter((one) => isBelow(one, span)))
      assert.ok(
        millis(other.startTime) <= millis(span.endTime) + CLOCKS_MS,
        `${nameOf(other)} began after its request had ended`,
      );
  exporter.reset();
}

const { startHerd, staticNodes } = await load('@rookery/herd');
let count = 0;
const key = () => `${DB_NAME}:${way}:${++count}`;

/** One command each: the round trips of several are not always as many. */
async function commands(herd) {
  const mine = key();
  await herd.set(mine, { a: 1 }, { ttl: '1m' });
  assert.deepEqual(await herd.get(mine), { a: 1 });
  await herd.delete(mine);
}

async function proveDriver(name, driver, address, expected) {
  const herd = await startHerd({ name, discovery: staticNodes([address]), driver });
  await commands(herd);
  exporter.reset();
  assert.deepEqual(await spansOf(() => commands(herd)), expected, name);
  const { instrumentHerds } = await load('@rookery/herd/opentelemetry');
  const stop = instrumentHerds();
  const own = Array.from({ length: 3 }, () => `@rookery/herd: ${address}`);
  assert.deepEqual(await spansOf(() => commands(herd)), [...own, ...expected].sort(), `${name}, and our own spans`);
  stop();
  await herd.close();
  exporter.reset();
}

const [memcachedAddress] = MEMCACHED_SERVERS.split(',');
const { memcached } = await load('@rookery/herd/memcached');
const { metaMemcached } = await load('@rookery/herd/meta-memcached');
const { redis } = await load('@rookery/herd/redis');
const ofMemcached = ['memcached: memcached delete', 'memcached: memcached get', 'memcached: memcached set'];
await proveDriver('memcached', memcached(), memcachedAddress, way === 'require' ? ofMemcached : []);
await proveDriver('metaMemcached', metaMemcached(), memcachedAddress, []);
await proveDriver('redis', redis(), new URL(REDIS_URL).host, ['ioredis: get', 'ioredis: set', 'ioredis: unlink']);

await proveLimiter();
await proveSearch();
console.log(
  `by ${way}: OpenTelemetry's instrumentations of memcached, ioredis, http and pg name each span, in its request`,
);

/** On a client that the application made. */
async function proveLimiter() {
  const [{ Redis }, { redisStorage }, { Limiter }] = await Promise.all(
    ['ioredis', '@rookery/limiter/redis', '@rookery/limiter'].map(load),
  );
  const client = new Redis(REDIS_URL);
  const policies = { api: { limit: 100, per: '1m' } };
  const limiter = new Limiter({ storage: redisStorage(client), prefix: DB_NAME, policies });
  await limiter.consume('api', key());
  exporter.reset();
  const consume = () => limiter.consume('api', key());
  assert.deepEqual(await spansOf(consume, { together: false }), ['ioredis: evalsha'], 'limiter');
  await client.quit();
}

/** Through the outbox, by pg, to OpenSearch, by http. */
async function proveSearch() {
  const [{ Indexed, SearchField, SearchService, searchEntities }, { openSearch }, telemetry] = await Promise.all(
    ['', '/opensearch', '/opentelemetry'].map((at) => load(`@rookery/search${at}`)),
  );
  const { EntitySchema, MikroORM } = await import('@mikro-orm/postgresql');
  class Book {}
  const properties = { id: { type: 'integer', primary: true, autoincrement: true }, title: { type: 'text' } };
  SearchField({ analyzer: 'english' })(Book.prototype, 'title');
  Indexed({ name: 'books' })(Book);
  const entities = [new EntitySchema({ class: Book, properties }), ...searchEntities];
  const orm = await MikroORM.init({ clientUrl: POSTGRES_URL, dbName: `${DB_NAME}_${way}`, entities });
  await orm.schema.ensureDatabase();
  await orm.schema.create();
  const engine = openSearch({ node: OPENSEARCH_URL });
  const traceContext = telemetry.openTelemetryTraceContext();
  const search = new SearchService(orm, { engine, prefix: `${DB_NAME}-${way}`, sync: 'outbox', traceContext });
  await search.start();
  const write = async () => {
    const em = orm.em.fork();
    em.create(Book, { title: 'A week on the rivers' });
    await em.flush();
  };
  await write();
  await search.settled();
  exporter.reset();

  const written = await spansOf(write, { afterwards: () => search.settled() });
  const pg = written.map((name) => /^pg: pg\.query:(\w+)/.exec(name)?.[1]).filter(Boolean);
  // The row, then that of the outbox, which travels with the COMMIT.
  assert.deepEqual(pg, ['BEGIN', 'INSERT', 'INSERT'], 'a transaction');

  const find = () =>
    search
      .repository(Book)
      .query()
      .must((q) => q.match('title', 'river'))
      .search();
  assert.deepEqual(await spansOf(find), ['http: POST'], 'search');
  const stop = telemetry.instrumentSearch();
  const own = `@rookery/search: search ${DB_NAME}-${way}-books`;
  assert.deepEqual(await spansOf(find), [own, 'http: POST'].sort(), 'search, and our own spans');
  stop();
  await search.close();
  await orm.close(true);
}
