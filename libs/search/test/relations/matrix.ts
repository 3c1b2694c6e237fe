import type { EntityManager } from '@mikro-orm/core';
import type { SearchService } from '@rookery/search';
import { Country, Licence, Product, Region, Shift, Shop, Stock, Worker } from './entities.js';

/** Four shops: 1 and 2 have all of everything, 3 is a branch of 2, 4 has nothing. */
export const SEED = `
  delete from licence; delete from shift; delete from worker; delete from stock; delete from product; delete from friends;
  update shop set parent_id = null; delete from shop; delete from country; delete from region;
  insert into region (id, name) values (1, 'region 1'), (2, 'region 2');
  insert into country (id, name, region_id) values (1, 'country 1', 1), (2, 'country 2', 2);
  insert into shop (id, name, place_city, place_country_id, parent_id) values
    (1, 'one', 'Lima', 1, null), (2, 'two', 'Rome', 2, 1), (3, 'three', 'Oslo', null, 2), (4, 'four', 'Bonn', null, null);
  insert into friends (shop_1_id, shop_2_id) values (2, 1), (3, 1), (3, 2);
  insert into product (id, label) values (1, 'product 1'), (2, 'product 2'), (3, 'product 3');
  insert into stock (id, shop_id, product_id, amount) values (1, 1, 1, 10), (2, 1, 2, 20), (3, 2, 2, 30);
  insert into worker (id, active) values (1, true), (2, true);
  insert into shift (id, shop_id, worker_id, open, hour, rank) values
    (1, 1, 1, true, 1, 9), (2, 1, 2, true, 2, 8), (3, 1, 2, false, 3, 7), (4, 2, 2, true, 4, 6);
  insert into licence (id, number, shop_id) values (1, 'L1', 1), (2, 'L2', null);
  select setval('stock_id_seq', 100);
`;

export interface Step {
  readonly em: EntityManager;
  readonly search: SearchService;
}

/** One change of the database, committed when it resolves. */
export type ChangeOfRows = (step: Step) => Promise<unknown>;

const shop = (em: EntityManager, id: number) => em.findOneOrFail(Shop, id);
const shopWith = (em: EntityManager, id: number, populate: string) =>
  em.findOneOrFail(Shop, id, { populate: [populate] as never });
/** Native statements, with the `touch` of them in the same transaction. */
const native = (make: (tx: EntityManager, touch: SearchService['sync']['touch']) => Promise<unknown>): ChangeOfRows => {
  return ({ em, search }) =>
    em.transactional((tx) =>
      make(tx, (entity, rows, options) => search.sync.touch(entity, rows, { em: tx, ...options })),
    );
};

export const CHANGES: Readonly<Record<string, Readonly<Record<string, ChangeOfRows>>>> = {
  'a pivot entity': {
    create: ({ em }) => {
      em.create(Stock, { shop: em.getReference(Shop, 4), product: em.getReference(Product, 1), amount: 7, id: 9 });
      return em.flush();
    },
    'change a column': async ({ em }) => {
      (await em.findOneOrFail(Stock, 1)).amount = 77;
      await em.flush();
    },
    'change a member': async ({ em }) => {
      (await em.findOneOrFail(Product, 2)).label = 'renamed';
      await em.flush();
    },
    'move to another owner': async ({ em }) => {
      (await em.findOneOrFail(Stock, 1)).shop = em.getReference(Shop, 4);
      await em.flush();
    },
    'move to another member': async ({ em }) => {
      (await em.findOneOrFail(Stock, 1)).product = em.getReference(Product, 3);
      await em.flush();
    },
    delete: async ({ em }) => em.remove(await em.findOneOrFail(Stock, 2)).flush(),
    'delete by reference': ({ em }) => em.remove(em.getReference(Stock, 2)).flush(),
    'upsert a new one': ({ em }) => em.upsert(Stock, { id: 8, shop: 4, product: 2, amount: 1 }),
    'upsert that moves': ({ em }) => em.upsert(Stock, { id: 1, shop: 4, product: 2, amount: 5 }),
    'upsertMany that moves': ({ em }) =>
      em.upsertMany(Stock, [
        { id: 1, shop: 4, product: 2, amount: 5 },
        { id: 3, shop: 1, product: 3, amount: 6 },
      ]),
    'collection add': async ({ em }) => {
      (await shopWith(em, 1, 'products')).products.add(em.getReference(Product, 3));
      await em.flush();
    },
    'collection add, not loaded': async ({ em }) => {
      (await shop(em, 4)).products.add(em.getReference(Product, 3));
      await em.flush();
    },
    'collection remove': async ({ em }) => {
      const { products } = await shopWith(em, 1, 'products');
      products.remove(products[0]!);
      await em.flush();
    },
    'collection set, not loaded': async ({ em }) => {
      (await shop(em, 1)).products.set([em.getReference(Product, 3)]);
      await em.flush();
    },
    'inverse collection add': async ({ em }) => {
      const product = await em.findOneOrFail(Product, 2, { populate: ['shops'] });
      product.shops.add(em.getReference(Shop, 4));
      await em.flush();
    },
    'inverse collection set, not loaded': async ({ em }) => {
      (await em.findOneOrFail(Product, 2)).shops.set([em.getReference(Shop, 4)]);
      await em.flush();
    },
    'inverse collection removeAll': async ({ em }) => {
      (await em.findOneOrFail(Product, 2, { populate: ['shops'] })).shops.removeAll();
      await em.flush();
    },
    'orphan removal': async ({ em }) => {
      const { stocks } = await shopWith(em, 1, 'stocks');
      stocks.remove(stocks[0]!);
      await em.flush();
    },
    'orphan removal, not loaded': async ({ em }) => {
      (await shop(em, 1)).stocks.removeAll();
      await em.flush();
    },
    'delete a member': async ({ em }) => em.remove(await em.findOneOrFail(Product, 2)).flush(),
    'native insert': native(async (tx, touch) => {
      await tx.insert(Stock, { id: 20, shop: 4 as never, product: 1 as never, amount: 1 });
      await touch(Stock, 20);
    }),
    'native move': native(async (tx, touch) => {
      await touch(Stock, { id: 1 });
      await tx.nativeUpdate(Stock, { id: 1 }, { shop: 4 });
    }),
    'native delete': native(async (tx, touch) => {
      await touch(Stock, [2], { deleting: true });
      await tx.nativeDelete(Stock, { id: 2 });
    }),
  },
  'a relation inside an embeddable': {
    create: ({ em }) => {
      em.create(Shop, { id: 9, name: 'nine', place: { city: 'Bern', country: em.getReference(Country, 2) } });
      return em.flush();
    },
    change: async ({ em }) => {
      (await em.findOneOrFail(Country, 1)).name = 'renamed';
      await em.flush();
    },
    'change further away': async ({ em }) => {
      (await em.findOneOrFail(Region, 1)).name = 'renamed';
      await em.flush();
    },
    'change in between': async ({ em }) => {
      (await em.findOneOrFail(Country, 1)).region = em.getReference(Region, 2);
      await em.flush();
    },
    move: async ({ em }) => {
      (await shop(em, 1)).place.country = em.getReference(Country, 2);
      await em.flush();
    },
    'move to nowhere': async ({ em }) => {
      (await shop(em, 1)).place = { city: 'Lima' };
      await em.flush();
    },
    delete: native(async (tx, touch) => {
      await touch(Country, 1, { deleting: true });
      await tx.nativeUpdate(Shop, { place: { country: 1 } }, { place: { country: null } });
      await tx.nativeDelete(Country, { id: 1 });
    }),
    upsert: ({ em }) => em.upsert(Country, { id: 1, name: 'upserted', region: 2 }),
    'upsert of the owner': ({ em }) =>
      em.upsert(Shop, { id: 1, name: 'upserted', place: { city: 'Bern', country: 2 } }),
    'native update': native(async (tx, touch) => {
      await tx.nativeUpdate(Country, { id: 1 }, { name: 'native' });
      await touch(Country, 1);
    }),
  },
  'a collection with where and orderBy': {
    create: ({ em }) => {
      em.create(Shift, { id: 9, hour: 9, rank: 0, worker: em.getReference(Worker, 1), shop: em.getReference(Shop, 4) });
      return em.flush();
    },
    'change the order': async ({ em }) => {
      (await em.findOneOrFail(Shift, 1)).rank = 0;
      await em.flush();
    },
    'change the condition: goes': async ({ em }) => {
      (await em.findOneOrFail(Shift, 1)).open = false;
      await em.flush();
    },
    'change the condition: comes': async ({ em }) => {
      (await em.findOneOrFail(Shift, 3)).open = true;
      await em.flush();
    },
    'change the condition over a relation: goes': async ({ em }) => {
      (await em.findOneOrFail(Worker, 2)).active = false;
      await em.flush();
    },
    'change the condition over a relation: comes': async ({ em }) => {
      const worker = em.create(Worker, { id: 8, active: false });
      em.create(Shift, { id: 8, hour: 8, worker, shop: em.getReference(Shop, 4) });
      await em.flush();
      worker.active = true;
      await em.flush();
    },
    'move the relation of the condition': async ({ em }) => {
      const worker = em.create(Worker, { id: 8, active: false });
      (await em.findOneOrFail(Shift, 1)).worker = worker;
      await em.flush();
    },
    move: async ({ em }) => {
      (await em.findOneOrFail(Shift, 1)).shop = em.getReference(Shop, 4);
      await em.flush();
    },
    'move one that does not count, then let it count': async ({ em }) => {
      const shift = await em.findOneOrFail(Shift, 3);
      shift.shop = em.getReference(Shop, 4);
      await em.flush();
      shift.open = true;
      await em.flush();
    },
    delete: async ({ em }) => em.remove(await em.findOneOrFail(Shift, 1)).flush(),
    'upsert that moves': ({ em }) => em.upsert(Shift, { id: 1, hour: 1, rank: 1, open: true, worker: 1, shop: 4 }),
    'upsert that closes': ({ em }) => em.upsert(Shift, { id: 1, hour: 1, rank: 1, open: false, worker: 1, shop: 1 }),
    'collection removeAll, not loaded': async ({ em }) => {
      (await shop(em, 1)).shifts.removeAll();
      await em.flush();
    },
    'native update': native(async (tx, touch) => {
      await touch(Shift, { hour: { $lt: 3 } });
      await tx.nativeUpdate(Shift, { hour: { $lt: 3 } }, { open: false });
    }),
    'native move': native(async (tx, touch) => {
      await touch(Shift, 1);
      await tx.nativeUpdate(Shift, { id: 1 }, { shop: 4 });
    }),
  },
  'the other side of a one-to-one': {
    create: async ({ em }) => {
      em.create(Licence, { id: 9, number: 'L9', shop: em.getReference(Shop, 4) });
      await em.flush();
    },
    change: async ({ em }) => {
      (await em.findOneOrFail(Licence, 1)).number = 'changed';
      await em.flush();
    },
    move: async ({ em }) => {
      (await em.findOneOrFail(Licence, 1)).shop = em.getReference(Shop, 4);
      await em.flush();
    },
    'move from the other side': async ({ em }) => {
      const four = await em.findOneOrFail(Shop, 4, { populate: ['licence'] });
      four.licence = await em.findOneOrFail(Licence, 2);
      await em.flush();
    },
    'take away from the other side': async ({ em }) => {
      (await em.findOneOrFail(Shop, 1, { populate: ['licence'] })).licence = null;
      await em.flush();
    },
    delete: async ({ em }) => em.remove(await em.findOneOrFail(Licence, 1)).flush(),
    'upsert that moves': ({ em }) => em.upsert(Licence, { id: 1, number: 'L1', shop: 4 }),
  },
  'a relation to itself': {
    create: ({ em }) => {
      const place = { city: 'Bern' };
      em.create(Shop, {
        id: 9,
        name: 'nine',
        place,
        parent: em.getReference(Shop, 4),
        friends: [em.getReference(Shop, 3)],
      });
      return em.flush();
    },
    change: async ({ em }) => {
      (await shop(em, 2)).name = 'renamed';
      await em.flush();
    },
    'change at the top': async ({ em }) => {
      (await shop(em, 1)).name = 'renamed';
      await em.flush();
    },
    move: async ({ em }) => {
      (await shop(em, 3)).parent = em.getReference(Shop, 4);
      await em.flush();
    },
    'move by the collection': async ({ em }) => {
      (await shopWith(em, 4, 'branches')).branches.add(await shop(em, 3));
      await em.flush();
    },
    'take away, collection not loaded': async ({ em }) => {
      (await shop(em, 2)).branches.removeAll();
      await em.flush();
    },
    delete: async ({ em }) => em.remove(await shop(em, 3)).flush(),
    upsert: ({ em }) => em.upsert(Shop, { id: 3, name: 'upserted', place: { city: 'Oslo' }, parent: 4 }),
    'collection add': async ({ em }) => {
      (await shopWith(em, 4, 'friends')).friends.add(await shop(em, 1));
      await em.flush();
    },
    'collection remove': async ({ em }) => {
      const { friends } = await shopWith(em, 3, 'friends');
      friends.remove(friends[0]!);
      await em.flush();
    },
    'inverse collection set': async ({ em }) => {
      (await shopWith(em, 1, 'friendOf')).friendOf.set([em.getReference(Shop, 4)]);
      await em.flush();
    },
    'inverse collection set, not loaded': async ({ em }) => {
      (await shop(em, 1)).friendOf.set([em.getReference(Shop, 4)]);
      await em.flush();
    },
    'native move': native(async (tx, touch) => {
      await touch(Shop, 3);
      await tx.nativeUpdate(Shop, { id: 3 }, { parent: 4 });
    }),
  },
};
