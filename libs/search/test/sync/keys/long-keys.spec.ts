import { Collection, OptionalProps, PrimaryKeyProp, type EntityManager, type Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, OneToMany, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { describeWith } from '@rookery/services';
import {
  Indexed,
  searchEntities,
  SearchField,
  SearchService,
  SearchTableMissingError,
  type EntityClass,
} from '@rookery/search';
import { memoryEngine } from '@rookery/search/testing';
import { createDatabase, type DatabaseName, type TestORM } from '../database.js';
import { engineOf, uniquePrefix } from '../running.js';

let broken: string | undefined;

@Entity()
class Shelf {
  [PrimaryKeyProp]?: 'code';
  @PrimaryKey({ type: 'string', length: 700 }) code!: string;
  @Property({ type: 'string' }) name!: string;
  @OneToMany(() => Paper, (paper: Paper) => paper.shelf) papers = new Collection<Paper>(this);
}

@Entity()
@Indexed({ name: 'papers' })
class Paper {
  [PrimaryKeyProp]?: 'url';
  [OptionalProps]?: 'mark';
  @PrimaryKey({ type: 'string', length: 700 }) url!: string;
  @SearchField() @Property({ type: 'text' }) title!: string;
  @SearchField({ include: ['name'] }) @ManyToOne(() => Shelf, { nullable: true }) shelf?: Rel<Shelf> | null;
  @SearchField({ type: 'keyword' }) get mark(): string {
    if (this.title === broken) throw new Error('it is broken');
    return this.title.toUpperCase();
  }
}

@Entity()
@Indexed({ name: 'tickets' })
class Ticket {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField() @Property({ type: 'text' }) title!: string;
}

/** Of 500 characters, of which 250 are escaped in JSON; ends in its name. */
const LONG = (name: string): string => `${'"/'.repeat(250 - name.length / 2)}${name}`.slice(0, 500);
const [FIRST, SECOND] = [LONG('first1'), LONG('second')];

const PAPERS = [Shelf, Paper, ...searchEntities];

function searchOf(orm: TestORM, prefix: string, engine = engineOf()): SearchService {
  const now = { maxAttempts: 1, pollMs: 20 };
  return new SearchService(orm, { engine, prefix, sync: 'outbox', relay: now });
}

const follows = (database: DatabaseName): void => {
  describe(`keys of more than 255 characters on ${database}`, () => {
    let orm: TestORM;
    let drop: () => Promise<void>;
    let search: SearchService;
    const prefix = uniquePrefix();

    beforeAll(async () => {
      ({ orm, drop } = await createDatabase(database, undefined, PAPERS));
      search = searchOf(orm, prefix);
      await search.start();
    }, 60_000);
    afterAll(async () => {
      await search.close();
      const engine = engineOf();
      for (const { index } of await engine.readIndices(`${prefix}-*`)) await engine.deleteIndex(index);
      await engine.close();
      await drop();
    });

    async function change(work: (em: EntityManager) => unknown): Promise<void> {
      const em = orm.em.fork() as EntityManager;
      await work(em);
      await em.flush();
      await search.settled({ timeoutMs: 20_000 });
    }
    const read = async (url: string) => (await search.repository(Paper).get(url))?.source;
    const title = (to: string) => async (em: EntityManager) =>
      void ((await em.findOneOrFail(Paper, SECOND)).title = to);

    it('are followed: rows come, change and go', async () => {
      await change((em) => {
        const shelf = em.create(Shelf, { code: LONG('shelf1'), name: 'top' });
        em.create(Paper, { url: FIRST, title: 'one', shelf });
        em.create(Paper, { url: SECOND, title: 'two' });
      });
      expect([await read(FIRST), await read(SECOND)]).toEqual([
        { title: 'one', shelf: { name: 'top' }, mark: 'ONE' },
        { title: 'two', shelf: null, mark: 'TWO' },
      ]);
      await change(title('three'));
      expect(await read(SECOND)).toMatchObject({ title: 'three' });
      await change(async (em) => em.remove(await em.findOneOrFail(Paper, FIRST)));
      expect([await read(FIRST), await search.deadLetters()]).toEqual([undefined, []]);
    });

    it('of rows that documents embed are looked for', async () => {
      await change(async (em) => {
        (await em.findOneOrFail(Paper, SECOND)).shelf = em.getReference(Shelf, LONG('shelf1'));
      });
      await change(async (em) => void ((await em.findOneOrFail(Shelf, LONG('shelf1'))).name = 'bottom'));
      expect(await read(SECOND)).toMatchObject({ shelf: { name: 'bottom' } });
    });

    it('stand whole in dead letters, which get another try and are revived by a new change', async () => {
      broken = 'broken';
      await change(title('broken'));
      const letters = await search.deadLetters();
      expect(letters).toEqual([expect.objectContaining({ path: '', key: SECOND })]);
      broken = undefined;
      expect(await search.redrive()).toBe(1);
      await search.settled({ timeoutMs: 20_000 });
      expect([await read(SECOND), await search.deadLetters()]).toEqual([
        expect.objectContaining({ mark: 'BROKEN' }),
        [],
      ]);
      broken = 'again';
      await change(title('again'));
      expect(await search.deadLetters()).toHaveLength(1);
      await change(title('mended'));
      expect([await read(SECOND), await search.deadLetters()]).toEqual([
        expect.objectContaining({ mark: 'MENDED' }),
        [],
      ]);
    });

    it('of more than the engine holds are dead letters by name, and hold up no other', async () => {
      const beyond = 'x'.repeat(600);
      await change((em) => {
        em.create(Paper, { url: beyond, title: 'beyond' });
        em.create(Paper, { url: FIRST, title: 'beside' });
      });
      expect(await read(FIRST)).toMatchObject({ title: 'beside' });
      expect(await search.deadLetters()).toEqual([
        expect.objectContaining({
          key: beyond,
          reason: expect.stringContaining('make an id of 600 bytes, and an engine holds 512 at most') as string,
        }),
      ]);
    });
  });
};

const needsTheColumn = (database: DatabaseName): void => {
  describe(`a table of an earlier release on ${database}`, () => {
    async function withOldTable(
      entities: readonly EntityClass[],
      work: (orm: TestORM) => Promise<void>,
    ): Promise<void> {
      const { orm, drop } = await createDatabase(database, undefined, [...entities, ...searchEntities]);
      try {
        await orm.em.getConnection().execute('alter table search_outbox drop column long_key');
        await work(orm);
      } finally {
        await drop();
      }
    }

    it(
      'is refused at start where a key may need the column, and works once it is there',
      () =>
        withOldTable([Shelf, Paper], async (orm) => {
          const early = searchOf(orm, uniquePrefix(), memoryEngine());
          await expect(early.start()).rejects.toThrow(SearchTableMissingError);
          await expect(early.start()).rejects.toThrow(
            /the column long_key of .*search_outbox.*, which the keys of Shelf, Paper may need \(more than 255 characters as JSON\), is missing: .* migration/,
          );
          await early.close();
          await orm.schema.update();
          const search = searchOf(orm, uniquePrefix(), memoryEngine());
          await search.start();
          const em = orm.em.fork();
          em.create(Paper, { url: FIRST, title: 'one' });
          await em.flush();
          await search.settled();
          expect(await search.repository(Paper).get(FIRST)).toBeDefined();
          await search.close();
        }),
      60_000,
    );

    it(
      'is enough for keys that never need it',
      () =>
        withOldTable([Ticket], async (orm) => {
          const search = searchOf(orm, uniquePrefix(), memoryEngine());
          await search.start();
          const em = orm.em.fork();
          em.create(Ticket, { id: 1, title: 'one' });
          await em.flush();
          await search.settled();
          expect(await search.repository(Ticket).get(1)).toBeDefined();
          expect([await search.deadLetters(), await search.redrive()]).toEqual([[], 0]);
          await search.close();
        }),
      60_000,
    );
  });
};

describeWith('opensearch', 'the outbox and', () => {
  describeWith('postgres', 'on a server,', () => follows('postgres'));
  describeWith('mariadb', 'on a server,', () => follows('mariadb'));
  follows('sqlite');
});

describeWith('postgres', 'beside', () => needsTheColumn('postgres'));
describeWith('mariadb', 'beside', () => needsTheColumn('mariadb'));
needsTheColumn('sqlite');
