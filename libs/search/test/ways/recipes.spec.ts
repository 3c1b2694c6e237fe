import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { Indexed, SearchField, SearchModelError, SearchService, type EntityClass } from '@rookery/search';
import { searchEntities } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { describeWith } from '@rookery/services';
import { lastValueFrom } from 'rxjs';
import { OPENSEARCH_URL, ormConfig, startSearch, uniqueName, type Running } from '../harness.js';

@Entity()
@Indexed<Page>({ name: 'pages-en', where: { language: 'en' } })
@Indexed<Page>({ name: 'pages-de', where: { language: 'de' } })
class Page {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @Property({ type: 'string' }) language!: 'en' | 'de';
  @SearchField({ in: 'pages-en', analyzer: 'english' })
  @SearchField({ in: 'pages-de', analyzer: 'german' })
  @Property({ type: 'text' })
  text!: string;
}

@Entity({ tableName: 'order' })
@Indexed<Order>({ name: 'orders', routing: 'tenant', settings: { number_of_shards: 3 } })
class Order {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) tenant!: string;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) text!: string;
}

/** The next release. */
@Entity({ tableName: 'order' })
@Indexed<OrderNow>({ name: 'orders', routing: 'tenant', settings: { number_of_shards: 3 } })
class OrderNow {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) tenant!: string;
  @SearchField({ type: 'text' }) @Property({ type: 'string' }) text!: string;
}

@Entity()
@Indexed({ name: 'notes', settings: { analysis: { plugins: ['analysis-of-nobody', 'analysis-icu'] } } })
class Note {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField({ analyzer: 'icu_analyzer' }) @Property({ type: 'text' }) text!: string;
}

@Entity()
@Indexed({ name: 'plain' })
class Unnamed {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField({ analyzer: 'icu_analyzer' }) @Property({ type: 'text' }) text!: string;
}

const opened: Running[] = [];
const started = async (entities: EntityClass[], options: object = {}): Promise<Running> => {
  const running = await startSearch(options, [...entities, ...searchEntities] as EntityClass[]);
  opened.push(running);
  return running;
};
afterEach(async () => {
  for (const running of opened.splice(0)) await running.stop();
}, 60_000);

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'recipes', () => {
    it('an index per language: each has its analyzer, and a page moves with its language', async () => {
      const { orm, search } = await started([Page]);
      const em = orm.em.fork();
      const page = em.create(Page, { id: 1, language: 'en', text: 'the houses of rooks' });
      em.create(Page, { id: 2, language: 'de', text: 'die Häuser der Krähen' });
      await em.flush();
      await search.settled();
      const found = async (index: string, word: string): Promise<string[]> =>
        (
          await search
            .repository(Page, index)
            .query()
            .must((q) => q.match('text', word))
            .search()
        ).hits.map(({ id }) => id);
      expect(await found('pages-en', 'house')).toEqual(['1']);
      expect(await found('pages-de', 'Haus')).toEqual(['2']);
      expect(await found('pages-en', 'Haus')).toEqual([]);
      page.language = 'de';
      await em.flush();
      await search.settled();
      expect(await found('pages-en', 'house')).toEqual([]);
      expect((await search.repository(Page, 'pages-de').get(1))?.source.text).toBe('the houses of rooks');
    }, 60_000);

    it('tenants: a routed search and a filtered alias show their documents alone, after a migration too', async () => {
      const { orm, search } = await started([Order]);
      const em = orm.em.fork();
      for (const [id, tenant] of ['acme', 'acme', 'blue', 'crow'].entries())
        em.create(Order, { id, tenant, text: 'a b' });
      await em.flush();
      await search.settled();
      const orders = search.repository(Order);
      const mine = await orders
        .query()
        .filter((q) => q.term('tenant', 'acme'))
        .options({ routing: 'acme' })
        .search();
      expect(mine.total).toBe(2);
      const alias = uniqueName();
      await orders.control.addAlias(alias, { filter: { term: { tenant: 'acme' } }, routing: 'acme' });
      const engine = openSearch({ node: OPENSEARCH_URL });
      expect(await engine.count({ index: alias, body: {} })).toBe(2);

      const next = await MikroORM.init(
        ormConfig(orm.config.get('dbName'), [OrderNow, ...searchEntities] as EntityClass[]),
      );
      const [state] = await engine.readIndices(alias);
      const prefix = search.indices[0]!.alias.replace(/-orders$/, '');
      const release = new SearchService(next, {
        engine: openSearch({ node: OPENSEARCH_URL }),
        prefix,
        createIndices: false,
      });
      await lastValueFrom(release.migrations.migrate(OrderNow));
      const [moved] = await engine.readIndices(alias);
      expect(moved!.index).not.toBe(state!.index);
      expect(moved!.aliasOptions![alias]).toEqual({
        filter: { term: { tenant: 'acme' } },
        search_routing: 'acme',
        index_routing: 'acme',
      });
      await engine.refresh(alias);
      expect(await engine.count({ index: alias, body: {} })).toBe(2);
      await release.migrations.rollback(OrderNow);
      expect((await engine.readIndices(alias)).map(({ index }) => index)).toEqual([state!.index]);
      await release.close();
      await next.close(true);
      await engine.close();
    }, 60_000);

    it('a plug-in that the engine has not: the start is refused by its name, before an index is made', async () => {
      const orm = new MikroORM(ormConfig('none', [Note]));
      const prefix = uniqueName();
      const engine = openSearch({ node: OPENSEARCH_URL });
      const search = new SearchService(orm, { engine, prefix });
      const starting = search.start();
      await expect(starting).rejects.toThrow(SearchModelError);
      await expect(starting).rejects.toThrow(
        /Note: needs the plug-in 'analysis-of-nobody', which not every node of opensearch http:\S+ has\. Run `opensearch-plugin install analysis-of-nobody` on each/,
      );
      await expect(starting).rejects.toThrow("needs the plug-in 'analysis-icu'");
      const [first] = await engine.plugins!();
      await search.close();
      const asking = openSearch({ node: OPENSEARCH_URL });
      expect(await asking.readIndices(`${prefix}-*`)).toEqual([]);
      expect(typeof first).toBe('string');
      await asking.close();
      await orm.close(true);
    }, 60_000);

    it("an analyzer of a plug-in that is not named: refused with the plug-in's name", () => {
      const orm = new MikroORM(ormConfig('none', [Unnamed]));
      const make = (): unknown => new SearchService(orm, { engine: openSearch({ node: 'http://127.0.0.1:9' }) });
      expect(make).toThrow(
        "Name the plug-in that brings it: @Indexed({ settings: { analysis: { plugins: ['analysis-icu'] } } })",
      );
    });
  }),
);
