import { describeWith } from '@rookery/services';
import type { Opt } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, type SearchOptions, type SearchService } from '@rookery/search';
import { BookPlain, BookPlus, BookRefusing, PLAIN, PLUS } from '../entities-v2.js';
import { openRelease, type Release } from '../releases.js';
import { startSearch, until, type Running } from '../running.js';
import { stoppable, type Stoppable } from './stoppable.js';

/** Adds another field to `BookPlus`. */
@Entity({ tableName: 'book' })
@Indexed({ name: 'books', settings: { number_of_shards: 1 } })
class BookOther {
  @PrimaryKey() id!: number;
  @SearchField({ fields: { raw: { type: 'keyword' }, word: { type: 'keyword' } } })
  @Property({ type: 'text' })
  title!: string;
  @SearchField() @Property({ type: 'integer', default: 0 }) stock: number & Opt = 0;
  @SearchField({ type: 'date' }) @Property({ type: 'string', nullable: true }) published?: string | null;
}

/** Every step of an addition to 6 rows at a start. */
const STEPS = [
  'note backfill 1',
  'putMapping 1',
  'bulk 1',
  'note a page 1',
  'note drain 1',
  'note verify 1',
  'refresh 1',
  'putMapping 2',
  'note finished 1',
];
const WITHOUT_TABLES = ['putMapping 1', 'bulk 1', 'putMapping 2'];

describeWith('postgres', 'an additive change', () =>
  describeWith('opensearch', 'put in place by a start', () => {
    let running: Running;
    let ended: Stoppable | undefined;
    const opened: (() => Promise<void>)[] = [];
    beforeEach(async () => {
      running = await startSearch('postgres', { sync: 'after-commit' }, PLAIN);
      const em = running.orm.em.fork();
      for (let id = 1; id <= 6; id += 1) em.create(BookPlain, { id, title: `the ship ${id}`, stock: id });
      await em.flush();
      await running.orm.em.fork().getConnection().execute('alter table book add column published varchar(255)');
      await running.search.settled();
    }, 60_000);
    afterEach(async () => {
      for (const close of opened.splice(0)) await close();
      await ended?.close();
      ended = undefined;
      await running.stop();
    }, 60_000);

    const release = (entities: readonly unknown[], options: Partial<SearchOptions> = {}): Promise<Release> =>
      openRelease(running, opened, entities, options);

    /** A start that is ended before one of its steps. */
    async function endedStart(entities: readonly unknown[], step: string): Promise<void> {
      const options: Partial<SearchOptions> = { sync: 'after-commit', relay: true, createIndices: true };
      ended = await stoppable(running, entities, step, options);
      void ended.search.start().catch(() => undefined);
      await ended.stopped;
    }
    const found = (search: SearchService, title: string) =>
      search
        .repository(BookPlus)
        .query()
        .filter((q) => q.term('title.raw', title))
        .count();
    const inPlace = (search: SearchService) =>
      until(async () => (await search.migrations.plan('books')).action === 'none', 60_000);

    it.each(STEPS)(
      'is finished by the next start when the first was ended before `%s`; searches and writes work meanwhile',
      async (step) => {
        await endedStart(PLUS, step);
        await running.orm.em.fork().getConnection().execute('update search_migration set owned_until = 0');
        const { search, orm } = await release(PLUS);
        if (step !== 'note finished 1')
          expect(await search.migrations.plan('books')).toMatchObject({ action: 'additive' });
        await search.start();
        const books = search.repository(BookPlus).query();
        expect(await books.filter((q) => q.match('title', 'ship')).count()).toBeGreaterThan(0);
        expect((await books.sort('title.raw').search()).hits.length).toBeGreaterThan(0);
        const em = orm.em.fork();
        em.create(BookPlus, { id: 7, title: 'written meanwhile', published: '2026-01-01' });
        await em.flush();
        await search.settled({ timeoutMs: 20_000 });
        expect(await found(search, 'written meanwhile')).toBe(1);
        await inPlace(search);
        await until(async () => (await search.migrations.status('books')).migration?.phase === 'finished');
        await search.repository(BookPlus).refresh();
        for (let id = 1; id <= 6; id += 1) expect(await found(search, `the ship ${id}`)).toBe(1);
      },
      60_000,
    );

    it.each(WITHOUT_TABLES)(
      'works without `searchEntities`, and is finished by the next start when the first was ended before `%s`',
      async (step) => {
        await endedStart([BookPlus], step);
        const { search, orm, events } = await release([BookPlus]);
        await search.start();
        expect(
          await search
            .repository(BookPlus)
            .query()
            .filter((q) => q.match('title', 'ship'))
            .count(),
        ).toBe(6);
        const em = orm.em.fork();
        em.create(BookPlus, { id: 7, title: 'written meanwhile', published: '2026-01-01' });
        await em.flush();
        await search.settled({ timeoutMs: 20_000 });
        expect(await found(search, 'written meanwhile')).toBe(1);
        await inPlace(search);
        await search.repository(BookPlus).refresh();
        for (let id = 1; id <= 6; id += 1) expect(await found(search, `the ship ${id}`)).toBe(1);
        expect(events).toEqual([]);
      },
      60_000,
    );

    it('works for a process that did not start, or creates no indices', async () => {
      const { search } = await release([BookPlus]);
      expect(
        await search
          .repository(BookPlus)
          .query()
          .filter((q) => q.match('title', 'ship'))
          .count(),
      ).toBe(6);
      await search.repository(BookPlus).indexAll();
      expect(await found(search, 'the ship 1')).toBe(1);
    }, 60_000);

    it('takes the place of one that another release began and did not finish', async () => {
      await endedStart(PLUS, 'bulk 1');
      await running.orm.em.fork().getConnection().execute('update search_migration set owned_until = 0');
      const { search } = await release([BookOther, ...PLAIN.slice(1)]);
      await search.start();
      await inPlace(search);
      await search.repository(BookOther).refresh();
      expect(
        await search
          .repository(BookOther)
          .query()
          .filter((q) => q.term('title.word', 'the ship 1'))
          .count(),
      ).toBe(1);
    }, 60_000);

    it('is begun by one of several starts, and waited for by the others without a complaint', async () => {
      const several = await Promise.all([1, 2, 3].map(() => release(PLUS)));
      await Promise.all(several.map(({ search }) => search.start()));
      for (const { search } of several) expect((await search.repository(BookPlus).query().search()).total).toBe(6);
      await inPlace(several[0]!.search);
      expect(several.flatMap(({ events }) => events)).toEqual([]);
    }, 60_000);

    it('and a rebuild without `searchEntities` names a way that keeps the documents', async () => {
      const { search } = await release([BookRefusing]);
      const error: unknown = await search.start().catch((caught: unknown) => caught);
      expect(String(error)).toMatch(/Add \.\.\.searchEntities .* then run `search migrate books`/);
      expect(String(error)).not.toMatch(/recreate|delete/i);
    }, 60_000);

    it("refuses whenModelChanges: 'migrate' without `searchEntities`", async () => {
      await expect(release([BookPlus], { whenModelChanges: 'migrate' })).rejects.toThrow(
        /whenModelChanges needs \.\.\.searchEntities/,
      );
    }, 60_000);
  }),
);
