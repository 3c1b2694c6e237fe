import { type EntityManager, type Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, searchEntities, SearchBulkError } from '@rookery/search';
import { describeWith } from '@rookery/services';
import { startSearch, type Running } from './harness.js';

@Entity()
class Region {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
}

@Entity()
class City {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
  @Property({ type: 'string' }) mayor!: string;
  @ManyToOne(() => Region) region!: Rel<Region>;
}

/** What the rows of a batch were given from elsewhere. */
const ratings = new WeakMap<Shop, number>();
const batches: number[] = [];
let elsewhere: 'there' | 'away' = 'there';

@Entity()
@Indexed<Shop>({
  name: 'shops',
  document: (shop, document) => {
    if (shop.name === 'bad') throw new Error('no document for a bad shop');
    if (shop.name === 'text') return 'no object' as never;
    return { ...document, label: `${shop.name} (${shop.remark}) in ${shop.city.id}`, opened: shop.opened };
  },
  properties: { label: { type: 'text', fields: { raw: { type: 'keyword' } } }, opened: { type: 'date' } },
})
@Indexed<Shop>({
  name: 'shop-cards',
  reads: ['remark', 'city.name', 'city.region'],
  document: ({ remark, city, opened }) => ({ card: [remark, city.name, city.mayor, city.region.name, opened].join() }),
  properties: { card: { type: 'keyword' } },
})
@Indexed<Shop>({
  name: 'rated',
  preload: async (shops, em) => {
    batches.push(shops.length);
    if (elsewhere === 'away') throw new Error('the ratings are away');
    const cities = await em.fork().count(City, {});
    for (const shop of shops) ratings.set(shop, shop.id * 10 + cities);
  },
  document: (shop, document) => ({ ...document, rating: ratings.get(shop) }),
  properties: { rating: { type: 'integer' } },
})
class Shop {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) name!: string;
  @Property({ type: 'string' }) remark!: string;
  @Property({ type: 'datetime', nullable: true }) opened?: Date | null;
  @ManyToOne(() => City) city!: Rel<City>;
}

const ENTITIES = [Region, City, Shop, ...searchEntities] as never;

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'hooks of an index', () => {
    let running: Running;
    const shops = (index: string) => running.search.repository(Shop, index);
    const source = async (index: string, id: number) => (await shops(index).get(id))?.source as unknown;
    const change = async (make: (em: EntityManager) => Promise<void>) => {
      const em = running.orm.em.fork();
      await make(em);
      await em.flush();
      await running.search.settled();
    };

    beforeAll(async () => {
      running = await startSearch({ sync: 'outbox' }, ENTITIES);
      await change((em) => {
        const region = em.create(Region, { id: 1, name: 'North' });
        const city = em.create(City, { id: 1, name: 'Oslo', mayor: 'M', region });
        em.create(City, { id: 2, name: 'Bergen', mayor: 'N', region });
        for (const id of [1, 2])
          em.create(Shop, { id, name: `shop ${id}`, remark: `r${id}`, opened: new Date(0), city });
        return Promise.resolve();
      });
    }, 30_000);
    afterAll(() => running.stop(), 30_000);

    it('make the document, with fields that no property stands for', async () => {
      expect(await source('shops', 1)).toEqual({
        name: 'shop 1',
        label: 'shop 1 (r1) in 1',
        opened: '1970-01-01T00:00:00.000Z',
      });
      expect(
        await shops('shops').count((q) => q.filter((c) => [c.raw({ term: { 'label.raw': 'shop 1 (r1) in 1' } })])),
      ).toBe(1);
      expect(() =>
        shops('shops')
          .query()
          .sort('label' as never)
          .toBody(),
      ).toThrow('`label` is text; sort by `label.raw`');
    });

    it('see only what they say that they read, when they say it', async () => {
      expect(await source('shop-cards', 1)).toEqual({ card: 'r1,Oslo,,North,' });
    });

    it('are called again for any column that they may have read', async () => {
      await change(async (em) => void ((await em.findOneOrFail(Shop, 1)).remark = 'new'));
      expect(await source('shops', 1)).toMatchObject({ label: 'shop 1 (new) in 1' });
      await change(async (em) => void ((await em.findOneOrFail(Shop, 1)).city = em.getReference(City, 2)));
      expect(await source('shops', 1)).toMatchObject({ label: 'shop 1 (new) in 2' });
    });

    it('are called again for what they said that they read, of whichever row', async () => {
      expect(await source('shop-cards', 1)).toEqual({ card: 'new,Bergen,,North,' });
      await change(async (em) => void ((await em.findOneOrFail(City, 2)).name = 'Voss'));
      await change(async (em) => void ((await em.findOneOrFail(Region, 1)).name = 'West'));
      expect([await source('shop-cards', 1), await source('shop-cards', 2)]).toEqual([
        { card: 'new,Voss,,West,' },
        { card: 'r2,Oslo,,West,' },
      ]);
    });

    it('load what is no row, once for a batch', async () => {
      batches.length = 0;
      await shops('rated').indexAll();
      expect(batches).toEqual([2]);
      expect([await source('rated', 1), await source('rated', 2)]).toEqual([
        { name: 'shop 1', rating: 12 },
        { name: 'shop 2', rating: 22 },
      ]);
    });

    it('that throw refuse their document alone, by entity and id, and the index keeps what it had', async () => {
      const em = running.orm.em.fork();
      const [first, second] = await em.find(Shop, {}, { orderBy: { id: 'asc' } });
      [first!.name, second!.name] = ['bad', 'good'];
      await em.flush();
      await running.search.settled();
      expect([await source('shops', 1), await source('shops', 2)]).toMatchObject([
        { name: 'shop 1' },
        { name: 'good', label: 'good (r2) in 1' },
      ]);
      expect(running.events).toContainEqual(
        expect.objectContaining({ type: 'documents-refused', failures: [expect.objectContaining({ id: '1' })] }),
      );
      const error = await shops('shops')
        .index([first!, second!])
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(SearchBulkError);
      expect((error as SearchBulkError).failures).toMatchObject([
        {
          id: '1',
          type: 'SEARCH_HOOK_FAILED',
          reason: '@Indexed({ document }) of Shop failed for document 1: no document for a bad shop',
        },
      ]);
      first!.name = 'text';
      await em.flush();
      await expect(shops('shops').index(first!)).rejects.toThrow(
        'failed for document 1: it gave string, and has to give an object',
      );
      first!.name = 'shop 1';
      await em.flush();
      await running.search.settled();
      expect(await source('shops', 1)).toMatchObject({ name: 'shop 1' });
    });

    it('that throw before a batch refuse the batch, and it is tried again', async () => {
      elsewhere = 'away';
      await expect(shops('rated').index([{ id: 1 } as Shop])).rejects.toThrow(
        '@Indexed({ preload }) of Shop failed: the ratings are away',
      );
      await change(async (em) => void ((await em.findOneOrFail(Shop, 2)).remark = 'later'));
      expect((await running.search.backlog()).pending).toBeGreaterThan(0);
      elsewhere = 'there';
      await running.search.redrive();
      await expect(shops('rated').index([{ id: 2 } as Shop])).resolves.toBeUndefined();
      expect(await source('rated', 2)).toEqual({ name: 'good', rating: 22 });
    });
  }),
);
