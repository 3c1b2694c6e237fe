import type { HealthIndicatorService } from '@nestjs/terminus';
import { MikroORM } from '@mikro-orm/libsql';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { lastValueFrom } from 'rxjs';
import {
  SearchModule,
  SearchOptionError,
  SearchRelayModule,
  SearchService,
  type SearchRepository,
  type SearchOptions,
} from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { instrumentSearch, openTelemetryTraceContext } from '@rookery/search/opentelemetry';
import { collectSearchMetrics } from '@rookery/search/prometheus';
import { SearchHealthIndicator } from '@rookery/search/terminus';
import { memoryEngine } from '@rookery/search/testing';
import { describeOptions, type OptionSite } from '@rookery/services';
import { Book, ENTITIES } from './sync/entities.js';

/** Nothing answers there: a call that is sent in spite of its options fails as unavailable. */
const engine = openSearch({ node: 'http://127.0.0.1:9', requestTimeoutMs: 2_000, circuitBreaker: false });
const indicator = { up: () => ({}), down: () => ({}) };
const health = new SearchHealthIndicator({ check: () => indicator } as unknown as HealthIndicatorService);

let orm: MikroORM;
let search: SearchService;
let books: SearchRepository<Book>;
beforeAll(async () => {
  orm = await MikroORM.init({ entities: ENTITIES, metadataProvider: ReflectMetadataProvider, dbName: ':memory:' });
  search = new SearchService(orm, { engine, sync: 'after-commit', createIndices: false });
  books = search.repository(Book);
});
afterAll(async () => {
  await search.close();
  await orm.close(true);
});

const first = async (values: AsyncIterable<unknown>): Promise<void> => {
  for await (const value of values) if (value) return;
};
const made = (options: SearchOptions): Promise<void> => new SearchService(orm, options).close();

const CALL = 'signal timeoutMs';
const SEARCH = `bulk clock createIndices name onEvent prefix relay shutdownTimeoutMs slowQueryMs sync traceContext
  typeInference whenEngineIsDown whenModelChanges`;

const MODULES: Readonly<Record<string, OptionSite>> = {
  SearchService: { accept: made, right: { engine }, names: `engine ${SEARCH}` },
  'the relay of a search': {
    accept: (relay) => made({ engine, sync: 'outbox', relay }),
    names: 'batchSize pollMs maxAttempts unknownPathWaitMs',
    path: 'relay.',
  },
  'the bulk of a search': {
    accept: (bulk) => made({ engine, bulk }),
    names: 'maxBytes concurrency attempts retryAfterMs',
    path: 'bulk.',
  },
  'SearchModule.forRootAsync': {
    accept: (options) => SearchModule.forRootAsync(options),
    right: { useFactory: () => ({}) },
    names: 'name imports inject useFactory',
    path: 'forRootAsync.',
  },
  openSearch: {
    accept: openSearch,
    right: { node: 'http://127.0.0.1:9' },
    names: `node requestTimeoutMs bulkTimeoutMs auth tls readRetries circuitBreaker maxConcurrentSearches maxWaitingSearches
      opaqueId client`,
    open: 'tls client',
    path: 'openSearch.',
  },
  'circuitBreaker of openSearch': {
    accept: (circuitBreaker) => openSearch({ node: 'http://127.0.0.1:9', circuitBreaker }),
    names: 'failures openMs',
    path: 'openSearch.circuitBreaker.',
  },
  memoryEngine: { accept: memoryEngine, names: 'now analyzers', path: 'memoryEngine.' },
  instrumentSearch: {
    accept: (options) => instrumentSearch(options)(),
    names: 'meterProvider tracerProvider',
    path: 'instrumentSearch.',
  },
  openTelemetryTraceContext: {
    accept: openTelemetryTraceContext,
    names: 'tracerProvider',
    path: 'openTelemetryTraceContext.',
  },
  collectSearchMetrics: {
    accept: (options) => collectSearchMetrics(options)(),
    names: 'register slowQueryMs search',
    path: 'collectSearchMetrics.',
  },
  SearchHealthIndicator: {
    accept: (options) => health.check('search', search, options),
    names: 'upFrom maxPending maxLagMs timeoutMs',
    path: 'SearchHealthIndicator.check.',
  },
};

const CALLS: Readonly<Record<string, OptionSite>> = {
  search: { accept: (options) => books.search((q) => q, options), names: CALL },
  count: { accept: (options) => books.count((q) => q, options), names: CALL },
  openPointInTime: {
    accept: (options) => books.openPointInTime('1m', options),
    names: `${CALL} routing preference`,
  },
  get: { accept: (options) => books.get(1, options), names: `${CALL} routing` },
  getMany: { accept: (options) => books.getMany([1], options), names: `${CALL} routing` },
  exists: { accept: (options) => books.exists(1, options), names: `${CALL} routing` },
  explain: { accept: (options) => books.explain(1, (q) => q, options), names: `${CALL} routing` },
  validate: { accept: (options) => books.validate((q) => q, options), names: CALL },
  stream: { accept: (options) => first(books.stream((q) => q, options)), names: `${CALL} size keepAlive` },
  paginate: { accept: (options) => books.paginate((q) => q, options), names: CALL },
  hydrate: { accept: (options) => books.hydrate(orm.em.fork(), [], options), names: 'populate' },
  update: {
    accept: (options) => books.update(1, { document: {} }, options),
    names: `${CALL} routing refresh ifSeqNo ifPrimaryTerm retryOnConflict`,
  },
  updateByQuery: {
    accept: (options) => books.updateByQuery((q) => q, options),
    right: { all: true, script: { source: 'ctx' } },
    names: `${CALL} refresh conflicts documentsPerSecond all`,
  },
  deleteByQuery: {
    accept: (options) => books.deleteByQuery((q) => q, options),
    right: { all: true },
    names: `${CALL} refresh conflicts documentsPerSecond all`,
  },
  index: { accept: (options) => books.index([], options), names: `${CALL} refresh em` },
  delete: { accept: (options) => books.delete(1, options), names: `${CALL} refresh` },
  bulk: { accept: (options) => books.bulk([], options), names: `${CALL} refresh` },
  indexAll: { accept: (options) => books.indexAll(options), names: `${CALL} pageSize onProgress where`, open: 'where' },
  indexEach: { accept: (options) => books.indexEach([], options), names: `${CALL} pageSize onProgress` },
  'control.addAlias': {
    accept: (options) => books.control.addAlias('x', options),
    names: `${CALL} filter routing`,
    open: 'filter',
  },
  'task.done': {
    accept: (options) => search.task('n:1').done(options),
    right: { timeoutMs: 1 },
    names: `${CALL} onProgress`,
  },
  plan: { accept: (options) => search.migrations.plan(Book, options), names: CALL },
  migrate: {
    accept: (options) => lastValueFrom(search.migrations.migrate(Book, options)),
    names: `${CALL} maxDocumentsPerSecond pageSize drainTimeoutMs maxUnbuildable verify`,
  },
  verify: {
    accept: (options) => first(search.migrations.verify(Book, options)),
    names: `${CALL} where documents onProgress`,
    open: 'where',
  },
  repair: {
    accept: (options) => search.migrations.repair(Book, options),
    names: `${CALL} where documents onProgress`,
    open: 'where',
  },
  touch: { accept: (options) => search.sync.touch(Book, 1, options), names: 'em deleting' },
  settled: { accept: (options) => search.settled(options), right: { timeoutMs: 1 }, names: 'timeoutMs refresh' },
};

const SITES: readonly (readonly [string, OptionSite])[] = [
  ...Object.entries(MODULES),
  ...Object.entries(CALLS).map(([name, site]) => [name, { ...site, path: `${name}.` }] as const),
];

/** What fails otherwise was sent. */
describeOptions(SITES, (error) => {
  if (error instanceof SearchOptionError) return error.problems.map(({ option }) => option);
  if (error instanceof TypeError || error instanceof RangeError) throw error;
  return [];
});

describe('the options of SearchRelayModule', () => {
  it.each([null, [], 'slow'])('are an object: %p is refused', (options) => {
    expect(() => SearchRelayModule.forRoot(options as never)).toThrow(SearchOptionError);
    expect(() => SearchModule.forRoot(options as never)).toThrow(SearchOptionError);
  });

  it.each([
    [{ engine, sync: 'after-commit' }, "sync must be left out, as a relay publishes the outbox (got 'after-commit')"],
    [{ engine, relay: false }, 'relay must be true or options: this module runs nothing else (got false)'],
  ])('do not contradict what it is: %#', (options, message) => {
    expect(() => SearchRelayModule.forRoot(options as never)).toThrow(message);
  });
});

it('a client is not given a name that is near to one of its own', () => {
  const near = { node: 'http://127.0.0.1:9', client: { pingTimeot: 5, somethingElse: 1 } };
  expect(() => openSearch(near as never)).toThrow(
    "openSearch.client.pingTimeot is not an option of the client; did you mean openSearch.client.pingTimeout? (got 'number')",
  );
});
