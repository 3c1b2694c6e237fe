import { connect, createServer, type AddressInfo } from 'node:net';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import {
  Controller,
  Get,
  Injectable,
  Module,
  Query,
  type DynamicModule,
  type INestApplicationContext,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describeWith } from '@rookery/services';
import {
  InjectSearch,
  InjectSearchRepository,
  SearchEngineUnavailableError,
  SearchModelError,
  SearchModule,
  SearchRepository,
  SearchService,
  type SearchEvent,
  type SearchOptions,
  type SearchOptionsFactory,
} from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { Address, Passage, President } from './entities.js';
import { seed } from './fixtures.js';
import { createOrm, dropIndices, dropOrm, OPENSEARCH_URL, ormConfig, uniqueName } from './harness.js';

@Controller('search')
class SearchController {
  constructor(
    @InjectSearchRepository(Passage) private readonly passages: SearchRepository<Passage>,
    @InjectSearch() readonly search: SearchService,
  ) {}

  @Get() async find(@Query('q') words: string): Promise<string[]> {
    const page = await this.passages
      .query()
      .must((q) => q.match('text', words))
      .sort('address.year')
      .search();
    return page.hits.map(({ source }) => source.text);
  }
}

@Module({ imports: [SearchModule.forFeature([Passage, Address])], controllers: [SearchController] })
class FeatureModule {}

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'SearchModule', () => {
    let database: MikroORM;
    let prefix: string;
    let app: INestApplicationContext | undefined;
    beforeAll(async () => {
      database = await createOrm();
    }, 30_000);
    beforeEach(() => {
      prefix = uniqueName();
    });
    afterEach(async () => {
      await app?.close();
      app = undefined;
      await dropIndices(prefix);
    }, 30_000);
    afterAll(() => dropOrm(database), 30_000);

    const orm = () =>
      MikroOrmModule.forRoot({ ...ormConfig(database.config.get('dbName')), registerRequestContext: true });

    async function start(search: DynamicModule): Promise<INestApplicationContext> {
      const module = await Test.createTestingModule({ imports: [await orm(), search, FeatureModule] }).compile();
      app = await module.createNestApplication({ logger: false }).init();
      return app;
    }

    const options = (more: Partial<SearchOptions> = {}): SearchOptions => ({
      engine: openSearch({ node: OPENSEARCH_URL }),
      prefix,
      ...more,
    });

    it('injects repositories, creates indices behind aliases and follows the ORM of the application', async () => {
      const nest = await start(SearchModule.forRoot(options()));
      await seed(nest.get(EntityManager).fork());
      await nest.get(SearchService).settled();
      expect(await nest.get(SearchController).find('union')).toHaveLength(3);

      const engine = openSearch({ node: OPENSEARCH_URL });
      const [live] = await engine.readIndices(`${prefix}-passages`);
      expect(live!.index).toMatch(new RegExp(`^${prefix}-passages-v1-[0-9a-f]{8}$`));
      expect(live!.aliases).toEqual([`${prefix}-passages`]);
      await engine.close();
    }, 30_000);

    it('writes what is under way before it closes, while the ORM is still open', async () => {
      const nest = await start(SearchModule.forRoot(options()));
      const em = nest.get(EntityManager).fork();
      (await em.findOneOrFail(Passage, 1)).text = 'the last words';
      await em.flush();
      await nest.close();
      app = undefined;
      const engine = openSearch({ node: OPENSEARCH_URL });
      expect((await engine.get(`${prefix}-passages`, '1'))?.source).toMatchObject({ text: 'the last words' });
      await engine.close();
    }, 30_000);

    it('takes its options from a factory, a class or a provider that exists', async () => {
      @Injectable()
      class Options implements SearchOptionsFactory {
        createSearchOptions(): SearchOptions {
          return options({ sync: 'manual' });
        }
      }
      @Module({ providers: [Options], exports: [Options] })
      class OptionsModule {}

      const factory = SearchModule.forRootAsync({
        imports: [OptionsModule],
        inject: [Options],
        useFactory: (made: Options) => made.createSearchOptions(),
      });
      for (const module of [
        factory,
        SearchModule.forRootAsync({ useClass: Options }),
        SearchModule.forRootAsync({ imports: [OptionsModule], useExisting: Options }),
      ]) {
        const nest = await start(module);
        expect(nest.get(SearchController).search).toBeInstanceOf(SearchService);
        await nest.close();
      }
      app = undefined;
    }, 30_000);

    it('starts while the engine is away, logs it once, answers with a typed error, and is ready when the engine comes', async () => {
      const gate = createServer();
      const port = await new Promise<number>((resolve) =>
        gate.listen(0, '127.0.0.1', () => resolve((gate.address() as AddressInfo).port)),
      );
      await new Promise((resolve) => gate.close(resolve));
      const events: SearchEvent[] = [];
      const nest = await start(
        SearchModule.forRoot(
          options({ engine: openSearch({ node: `http://127.0.0.1:${port}` }), onEvent: (event) => events.push(event) }),
        ),
      );
      await expect(nest.get(SearchController).find('union')).rejects.toThrow(SearchEngineUnavailableError);
      const em = nest.get(EntityManager).fork();
      (await em.findOneOrFail(President, 1)).name = 'M. Fillmore';
      await em.flush();
      await expect(nest.get(SearchService).settled({ timeoutMs: 300 })).rejects.toMatchObject({
        code: 'SEARCH_NOT_SETTLED',
      });
      expect(events.filter(({ type }) => type === 'indices-delayed')).toHaveLength(1);

      const { hostname, port: target } = new URL(OPENSEARCH_URL);
      const proxy = createServer((from) => {
        const to = connect(Number(target), hostname);
        from.on('error', () => to.destroy());
        to.on('error', () => from.destroy());
        from.pipe(to).pipe(from);
      });
      await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
      try {
        await nest.get(SearchService).settled({ timeoutMs: 20_000 });
        const page = await nest
          .get(SearchService)
          .repository(Passage)
          .query()
          .filter((q) => q.match('address.president.name', 'Fillmore'))
          .search();
        expect(page.hits[0]!.source.address.president.name).toBe('M. Fillmore');
        await nest.close();
      } finally {
        proxy.close();
      }
      app = undefined;
    }, 45_000);

    it('refuses to start without the engine when told so, with a wrong option, or for an entity that is not indexed', async () => {
      const away = openSearch({ node: 'http://127.0.0.1:9' });
      await expect(start(SearchModule.forRoot(options({ engine: away, whenEngineIsDown: 'refuse' })))).rejects.toThrow(
        SearchEngineUnavailableError,
      );
      await expect(start(SearchModule.forRoot(options({ sync: 'sometimes' as never })))).rejects.toThrow(
        "sync must be 'outbox', 'after-commit' or 'manual' (got 'sometimes')",
      );
      @Module({ imports: [SearchModule.forRoot(options()), SearchModule.forFeature([President])] })
      class Wrong {}
      const wrong = Test.createTestingModule({ imports: [await orm(), Wrong] }).compile();
      await expect(wrong).rejects.toThrow(SearchModelError);
      await expect(wrong).rejects.toThrow('President: is not indexed. Decorate the class with @Indexed().');
    }, 30_000);
  }),
);
