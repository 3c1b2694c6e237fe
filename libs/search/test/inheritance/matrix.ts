import type { EntityManager, MikroORM } from '@mikro-orm/core';
import type { SearchService } from '@rookery/search';
import { Animal, Book, Cat, DirectorsCut, Dog, Film, Maker, Media, Remark, Visit } from './entities.js';

export const SEED = `
  delete from remark; delete from visit; delete from media_actors; delete from media; delete from cat_fans; delete from dog;
  delete from cat; delete from animal; delete from maker;
  insert into maker (id, name) values (1, 'one'), (2, 'two'), (3, 'three');
  insert into media (id, title, kind, maker_id, pages, printer_id, minutes, extra) values
    (1, 'book 1', 'book', 1, 10, 2, null, null), (2, 'film 2', 'film', 1, null, null, 90, null),
    (3, 'cut 3', 'cut', 2, null, null, 120, 30);
  insert into media_actors (media_id, maker_id) values (2, 1), (2, 2), (3, 1);
  insert into animal (id, title, owner_id) values (1, 'dog 1', 1), (2, 'cat 2', 2), (3, 'animal 3', 1);
  insert into dog (id, breed, breeder_id) values (1, 'pug', 2);
  insert into cat (id, lives) values (2, 7);
  insert into cat_fans (animal_id, maker_id) values (2, 1), (2, 3);
  insert into visit (id, media_id, animal_id, subject_type, subject_id) values
    (1, 1, 1, 'maker', 1), (2, 2, 2, 'media', 1), (3, 3, 3, 'animal', 2), (4, null, null, null, null);
  insert into remark (id, text, on_type, on_id) values (1, 'remark 1', 'visit', 1), (2, 'remark 2', 'maker', 1);
`;

const MAKER = (key: string): string => `(select json_build_object('name', m.name) from maker m where m.id = ${key})`;
const LIST = (query: string): string =>
  `coalesce((select json_agg(json_build_object('name', m.name)) from ${query}), '[]')`;
const ACTORS = LIST('media_actors f join maker m on m.id = f.maker_id where f.media_id = x.id');
const FANS = LIST('cat_fans f join maker m on m.id = f.maker_id where f.animal_id = x.id');
const TYPE = `case when d.id is not null then 'dog' when c.id is not null then 'cat' else 'animal' end`;

/** What each index has to hold, in plain SQL. */
export const ORACLE: Readonly<Record<string, string>> = {
  media: `select x.id, json_build_object('kind', x.kind, 'title', x.title, 'maker', ${MAKER('x.maker_id')}, 'pages', x.pages,
      'printer', ${MAKER('x.printer_id')}, 'minutes', x.minutes, 'extra', x.extra,
      'actors', case when x.kind <> 'book' then ${ACTORS} end, 'shouted', case when x.kind <> 'book' then upper(x.title) end) as document
    from media x where x.kind in ('book', 'film', 'cut')`,
  books: `select x.id, json_build_object('title', x.title, 'maker', ${MAKER('x.maker_id')}, 'pages', x.pages,
      'printer', ${MAKER('x.printer_id')}) as document from media x where x.kind = 'book'`,
  animals: `select x.id, json_build_object('entityType', ${TYPE}, 'title', x.title, 'owner', ${MAKER('x.owner_id')}, 'breed', d.breed,
      'breeder', ${MAKER('d.breeder_id')}, 'lives', c.lives, 'fans', case when c.id is not null then ${FANS} end) as document
    from animal x left join dog d on d.id = x.id left join cat c on c.id = x.id`,
  dogs: `select x.id, json_build_object('title', x.title, 'owner', ${MAKER('x.owner_id')}, 'breed', d.breed,
      'breeder', ${MAKER('d.breeder_id')}) as document from animal x join dog d on d.id = x.id`,
  visits: `select v.id, json_build_object(
      'media', (select json_build_object('title', x.title, 'pages', x.pages, 'printer', ${MAKER('x.printer_id')}, 'minutes', x.minutes)
        from media x where x.id = v.media_id),
      'animal', (select json_build_object('title', x.title, 'owner', ${MAKER('x.owner_id')}, 'breed', d.breed,
          'breeder', ${MAKER('d.breeder_id')}, 'lives', c.lives, 'fans', case when c.id is not null then ${FANS} end)
        from animal x left join dog d on d.id = x.id left join cat c on c.id = x.id where x.id = v.animal_id),
      'subject', coalesce(
        (select json_build_object('name', m.name) from maker m where v.subject_type = 'maker' and m.id = v.subject_id),
        (select json_build_object('title', x.title, 'pages', x.pages) from media x where v.subject_type = 'media' and x.id = v.subject_id),
        (select json_build_object('title', x.title, 'lives', c.lives, 'owner', ${MAKER('x.owner_id')})
          from animal x left join cat c on c.id = x.id where v.subject_type = 'animal' and x.id = v.subject_id)),
      'remarks', coalesce((select json_agg(json_build_object('text', r.text)) from remark r where r.on_type = 'visit' and r.on_id = v.id), '[]')
    ) as document from visit v`,
};

export async function inDatabase(orm: Pick<MikroORM, 'em'>, sql: string): Promise<{ id: number; document: object }[]> {
  const em = orm.em.fork() as unknown as { getConnection(): { execute(sql: string): Promise<never> } };
  return em.getConnection().execute(sql);
}

export interface Step {
  readonly em: EntityManager;
  readonly search: SearchService;
}

type ChangeOfRows = (step: Step) => Promise<unknown>;

const native = (make: (tx: EntityManager, touch: SearchService['sync']['touch']) => Promise<unknown>): ChangeOfRows => {
  return ({ em, search }) =>
    em.transactional((tx) =>
      make(tx, (entity, rows, options) => search.sync.touch(entity, rows, { em: tx, ...options })),
    );
};

const withoutVisits = ({ em, search }: Step, change: object): Promise<unknown> =>
  native(async (tx, touch) => {
    await tx.nativeUpdate(Visit, {}, change);
    await touch(Visit, [1, 2, 3]);
  })({ em, search });

/** Changes one row, as it is found by `entity`. */
const changing = <T extends object>(
  entity: abstract new (...args: never[]) => T,
  id: number,
  change: (row: T, em: EntityManager) => void,
) => {
  return async ({ em }: Step): Promise<void> => {
    const row: unknown = await em.findOneOrFail(entity as new () => T, id);
    change(row as T, em);
    await em.flush();
  };
};

export const CHANGES: Readonly<Record<string, Readonly<Record<string, ChangeOfRows>>>> = {
  'one table': {
    create: ({ em }) => {
      em.create(DirectorsCut, { id: 9, title: 'cut 9', extra: 5, minutes: 6, actors: [em.getReference(Maker, 2)] });
      return em.flush();
    },
    'change what the base has': changing(Media, 1, (row) => (row.title = 'changed')),
    'change what a class has': changing(Book, 1, (row) => (row.pages = 11)),
    'change what a class has, found as the base': changing(Media, 3, (row) => ((row as DirectorsCut).extra = 31)),
    'change what a getter reads': changing(Film, 2, (row) => (row.title = 'changed')),
    'change a related row': changing(Maker, 2, (row) => (row.name = 'changed')),
    'move a relation of a class': changing(Book, 1, (row, em) => (row.printer = em.getReference(Maker, 3))),
    'collection of a class': async ({ em }) => {
      const film = await em.findOneOrFail(Film, 2, { populate: ['actors'] });
      film.actors.set([em.getReference(Maker, 3)]);
      await em.flush();
    },
    delete: async ({ em, search }) => {
      await withoutVisits({ em, search }, { media: null });
      await em.remove(await em.findOneOrFail(Film, 2)).flush();
    },
    upsert: ({ em }) => em.upsert<object>(Book, { id: 1, kind: 'book', title: 'upserted', pages: 12, printer: 1 }),
    'native update': native(async (tx, touch) => {
      await tx.nativeUpdate(Film, { minutes: { $gt: 100 } }, { minutes: 100 });
      await touch(Film, { minutes: 100 });
    }),
    'native change of the class': native(async (tx, touch) => {
      await (tx as unknown as { execute(sql: string): Promise<unknown> }).execute(
        "update media set kind = 'film', pages = null, printer_id = null where id = 1",
      );
      await touch(Media, 1);
      await touch(Book, 1);
    }),
  },
  'a table for each': {
    create: ({ em }) => {
      em.create(Cat, { id: 9, title: 'cat 9', lives: 3, fans: [em.getReference(Maker, 1)] });
      return em.flush();
    },
    'create the base': ({ em }) => {
      em.create(Animal, { id: 9, title: 'animal 9' });
      return em.flush();
    },
    'change what the base has': changing(Dog, 1, (row) => (row.title = 'changed')),
    'change what the base has, found as the base': changing(Animal, 1, (row) => (row.title = 'changed')),
    'change the base alone': changing(Animal, 3, (row) => (row.title = 'changed')),
    'change what a class has': changing(Dog, 1, (row) => (row.breed = 'poodle')),
    'change both': changing(Dog, 1, (row) => Object.assign(row, { title: 'changed', breed: 'poodle' })),
    'change a related row': changing(Maker, 2, (row) => (row.name = 'changed')),
    'move a relation of the base': changing(Cat, 2, (row, em) => (row.owner = em.getReference(Maker, 3))),
    'move a relation of a class': changing(Dog, 1, (row, em) => (row.breeder = em.getReference(Maker, 3))),
    'collection of a class': async ({ em }) => {
      const cat = await em.findOneOrFail(Cat, 2, { populate: ['fans'] });
      cat.fans.set([em.getReference(Maker, 2)]);
      await em.flush();
    },
    delete: async ({ em, search }) => {
      await withoutVisits({ em, search }, { animal: null });
      await em.remove(await em.findOneOrFail(Dog, 1)).flush();
    },
    'native update': native(async (tx, touch) => {
      await (tx as unknown as { execute(sql: string): Promise<unknown> }).execute("update animal set title = 'native'");
      await touch(Animal, [1, 2, 3]);
    }),
    'native update of a class': native(async (tx, touch) => {
      await (tx as unknown as { execute(sql: string): Promise<unknown> }).execute("update dog set breed = 'native'");
      await touch(Dog, 1);
    }),
  },
  'a relation to several classes': {
    create: ({ em }) => {
      em.create(Visit, { id: 9, subject: em.getReference(Cat, 2), media: em.getReference(Book, 1) });
      return em.flush();
    },
    'change one of each': async ({ em }) => {
      (await em.findOneOrFail(Maker, 1)).name = 'changed';
      (await em.findOneOrFail(Book, 1)).pages = 77;
      (await em.findOneOrFail(Cat, 2)).lives = 1;
      await em.flush();
    },
    'change further away': changing(Maker, 2, (row) => (row.name = 'changed')),
    'move to another class': changing(Visit, 1, (row, em) => (row.subject = em.getReference(Cat, 2))),
    'move to nowhere': changing(Visit, 2, (row) => (row.subject = null)),
    'delete its row': async ({ em, search }) => {
      await withoutVisits({ em, search }, { media: null });
      await em.remove(await em.findOneOrFail(Book, 1)).flush();
    },
    // The ORM itself writes the key of a polymorphic relation into its discriminator, in em.upsert().
    'upsert of another relation': ({ em }) => em.upsert(Visit, { id: 1, media: 2 }),
    'native update': native(async (tx, touch) => {
      await (tx as unknown as { execute(sql: string): Promise<unknown> }).execute(
        "update visit set subject_type = 'media', subject_id = 3 where id = 1",
      );
      await touch(Visit, 1);
    }),
    'other side: create': ({ em }) => {
      em.create(Remark, { id: 9, text: 'remark 9', on: em.getReference(Visit, 4) });
      return em.flush();
    },
    'other side: change': changing(Remark, 1, (row) => (row.text = 'changed')),
    'other side: move': changing(Remark, 1, (row, em) => (row.on = em.getReference(Visit, 4))),
    'other side: move to another class': changing(Remark, 1, (row, em) => (row.on = em.getReference(Maker, 2))),
    'other side: move from another class': changing(Remark, 2, (row, em) => (row.on = em.getReference(Visit, 4))),
    // The ORM itself fails on em.remove() of a row with a polymorphic relation.
    'other side: native delete': native(async (tx, touch) => {
      await touch(Remark, 1, { deleting: true });
      await tx.nativeDelete(Remark, { id: 1 });
    }),
    'other side: upsert that moves': ({ em }) =>
      em.upsert(Remark, { id: 1, text: 'upserted', on: em.getReference(Visit, 4) }),
  },
};
