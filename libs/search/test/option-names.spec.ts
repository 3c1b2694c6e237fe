import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { defineConfig, MikroORM } from '@mikro-orm/libsql';
import { lastValueFrom } from 'rxjs';
import { Indexed, SearchField, SearchModule, SearchService, type SearchRepository } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { Book, ENTITIES } from './sync/entities.js';

/** Nothing answers there: a call that is sent in spite of its options fails as unavailable. */
const engine = () => openSearch({ node: 'http://127.0.0.1:9', requestTimeoutMs: 2_000 });

const config = (entities: unknown) =>
  defineConfig({ entities: entities as never, metadataProvider: ReflectMetadataProvider, dbName: ':memory:' });

const first = async (values: AsyncIterable<unknown>): Promise<void> => {
  for await (const value of values) if (value) return;
};

type Call = (books: SearchRepository<Book>, options: never, search: SearchService, orm: MikroORM) => Promise<unknown>;

const CALLS: Readonly<Record<string, Call>> = {
  search: (books, options) => books.search((q) => q, options),
  count: (books, options) => books.count((q) => q, options),
  everyBucket: (books, options) =>
    first(
      books.query().everyBucket((a) => a.composite((s) => ({ title: s.terms('title' as never) })) as never, options),
    ),
  openPointInTime: (books, options) => books.openPointInTime('1m', options),
  closePointInTime: (books, options) => books.closePointInTime('x', options),
  get: (books, options) => books.get(1, options),
  getMany: (books, options) => books.getMany([1], options),
  exists: (books, options) => books.exists(1, options),
  searchMany: (books, options) => books.searchMany([books.query()], options),
  stream: (books, options) => first(books.stream((q) => q, options)),
  paginate: (books, options) => books.paginate((q) => q, options),
  hydrate: (books, options, _search, orm) => books.hydrate(orm.em.fork(), [{ id: '1' }], options),
  explain: (books, options) => books.explain(1, (q) => q, options),
  validate: (books, options) => books.validate((q) => q, options),
  update: (books, options) => books.update(1, { document: {} }, options),
  updateByQuery: (books, options) => books.updateByQuery((q) => q, options),
  deleteByQuery: (books, options) => books.deleteByQuery((q) => q, options),
  index: (books, options) => books.index({ id: 1 } as Book, options),
  delete: (books, options) => books.delete(1, options),
  bulk: (books, options) => books.bulk([], options),
  indexAll: (books, options) => books.indexAll(options),
  indexEach: (books, options) => books.indexEach([1], options),
  refresh: (books, options) => books.refresh(options),
  'control.status': (books, options) => books.control.status(options),
  'control.exists': (books, options) => books.control.exists(options),
  'control.putMapping': (books, options) => books.control.putMapping({}, options),
  'control.putSettings': (books, options) => books.control.putSettings({}, options),
  'control.open': (books, options) => books.control.open(options),
  'control.close': (books, options) => books.control.close(options),
  'control.delete': (books, options) => books.control.delete(options),
  'control.stats': (books, options) => books.control.stats(options),
  'control.aliases': (books, options) => books.control.aliases(options),
  'control.addAlias': (books, options) => books.control.addAlias('x', options),
  'control.removeAlias': (books, options) => books.control.removeAlias('x', options),
  'task.state': (_books, options, search) => search.task('n:1').state(options),
  'task.cancel': (_books, options, search) => search.task('n:1').cancel(options),
  'task.done': (_books, options, search) => search.task('n:1').done(options),
  plan: (_books, options, search) => search.migrations.plan(Book, options),
  migrate: (_books, options, search) => lastValueFrom(search.migrations.migrate(Book, options)),
  rollback: (_books, options, search) => search.migrations.rollback(Book, options),
  finish: (_books, options, search) => search.migrations.finish(Book, options),
  status: (_books, options, search) => search.migrations.status(Book, options),
  prune: (_books, options, search) => search.migrations.prune(Book, options),
  verify: (_books, options, search) => first(search.migrations.verify(Book, options)),
  repair: (_books, options, search) => search.migrations.repair(Book, options),
  touch: (_books, options, search) => search.sync.touch(Book, 1, options),
  recreateIndex: (_books, options, search) => search.recreateIndex(Book, options),
  settled: (_books, options, search) => search.settled(options),
  ping: (_books, options, search) => search.ping(options),
  health: (_books, options, search) => search.health(options),
  'across search': (_books, options, search) => search.across([Book]).search((q) => q, options),
  'across count': (_books, options, search) => search.across([Book]).count((q) => q, options),
};

describe('the options of a call', () => {
  let orm: MikroORM;
  let search: SearchService;
  beforeAll(async () => {
    orm = await MikroORM.init(config(ENTITIES));
    search = new SearchService(orm, { engine: engine(), sync: 'after-commit', createIndices: false });
  });
  afterAll(async () => {
    await search.close();
    await orm.close(true);
  });

  it.each(Object.keys(CALLS))('of %s refuse a name that is none, before anything is sent', async (name) => {
    const call = name.replace('across ', '');
    const refused = (async () => CALLS[name]!(search.repository(Book), { wher: 1 } as never, search, orm))();
    await expect(refused).rejects.toThrow(new RegExp(`^${call}\\.wher is not an option; .*\\(got 1\\)$`));
    await expect(refused).rejects.toMatchObject({
      code: 'SEARCH_OPTION_INVALID',
      problems: [{ option: `${call}.wher`, received: 1 }],
    });
  });

  it.each(Object.keys(CALLS).filter((name) => !['hydrate', 'touch'].includes(name)))(
    'of %s refuse what they cannot be',
    async (name) => {
      const refused = (async () => CALLS[name]!(search.repository(Book), 'slowly' as never, search, orm))();
      await expect(refused).rejects.toThrow("must be an object of options (got 'slowly')");
    },
  );

  it('name the nearest one, and all that is wrong together', async () => {
    const options = { pageSiz: 5, timeoutMs: -1, onProgress: true } as never;
    await expect(search.repository(Book).indexAll(options)).rejects.toThrow(
      [
        '3 search options are wrong:',
        '  - indexAll.pageSiz is not an option; did you mean indexAll.pageSize? (got 5)',
        '  - indexAll.timeoutMs must be a whole number of milliseconds, 0 or more (got -1)',
        '  - indexAll.onProgress must be a function (got true)',
      ].join('\n'),
    );
  });

  it('do not start a search that was closed', async () => {
    const closed = new SearchService(orm, { engine: engine(), sync: 'manual', createIndices: false });
    await closed.start();
    await closed.drain();
    await closed.start();
    await closed.close();
    await expect(closed.start()).rejects.toThrow(
      "search.start() comes after close(): make a new SearchService (got 'closed')",
    );
  });

  it('of query.options refuse a name that is none where it is written', () => {
    expect(() =>
      search
        .repository(Book)
        .query()
        .options({ trackTotalHit: true } as never),
    ).toThrow('query.options.trackTotalHit is not an option; did you mean query.options.trackTotalHits? (got true)');
    expect(search.repository(Book).query().options({ minScore: 1 }).request.options).toEqual({ minScore: 1 });
  });
});

describe('the options of the module', () => {
  it.each([
    [{ useFactori: () => ({}) }, 'forRootAsync.useFactori is not an option; did you mean forRootAsync.useFactory?'],
    [{}, 'forRootAsync needs exactly one of useFactory, useClass, useExisting (got [])'],
    [{ useFactory: () => ({}), useClass: class {} }, 'needs exactly one of useFactory, useClass, useExisting'],
  ])('for forRootAsync are refused by name: %#', (options, message) =>
    expect(() => SearchModule.forRootAsync(options as never)).toThrow(message),
  );

  it.each([Book, [undefined], undefined])('for forFeature are a list of classes: %#', (entities) =>
    expect(() => SearchModule.forFeature(entities as never)).toThrow('forFeature needs a list of entity classes'),
  );
});

@Entity()
@Indexed({ nam: 'notes', properties: { added: { type: 'keyword', ignoreAbov: 5 } } } as never)
class Note {
  @PrimaryKey()
  id!: number;

  @SearchField({ analyser: 'english', fields: { raw: { type: 'keyword', ignoreabove: 5 } } } as never)
  @Property({ type: 'text' })
  text!: string;
}

describe('the options of the decorators', () => {
  it('are refused at start-up, all together, with the nearest names', async () => {
    const orm = await MikroORM.init(config([Note]));
    try {
      expect(() => new SearchService(orm, { engine: engine() })).toThrow(
        [
          'The search model has 4 mistakes:',
          '  - Note: has `nam`, which is no option of @Indexed. Did you mean `name`?',
          '  - Note.added: has `ignoreAbov`, which is no option of @Indexed({ properties }). Did you mean `ignoreAbove`?',
          '  - Note.text: has `analyser`, which is no option of @SearchField. Did you mean `analyzer`?',
          '  - Note.text.raw: has `ignoreabove`, which is no option of @SearchField({ fields }). Did you mean `ignoreAbove`?',
        ].join('\n'),
      );
    } finally {
      await orm.close(true);
    }
  });
});
