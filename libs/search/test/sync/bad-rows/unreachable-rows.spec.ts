import { describeWith } from '@rookery/services';
import type { Opt, Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { Indexed, SearchField, searchEntities, SearchService, type SearchEvent } from '@rookery/search';
import { postgresConfig } from '../database.js';
import { Author, Book } from '../entities.js';
import { engineOf, startSearch, until, type Running } from '../running.js';

@Entity({ tableName: 'author' })
class Writer {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
}

/** Another release of `Book`, which calls its author `writer`. */
@Entity({ tableName: 'book' })
@Indexed({ name: 'books', settings: { number_of_shards: 1 } })
class BookOfWriter {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) title!: string;
  @SearchField() @Property({ type: 'integer', default: 0 }) stock: number & Opt = 0;
  @SearchField({ include: ['id', 'name'] })
  @ManyToOne(() => Writer, { nullable: true, fieldName: 'author_id' })
  writer?: Rel<Writer> | null;
}

describeWith('postgres', 'a row of the outbox', () =>
  describeWith('opensearch', 'that this release cannot follow', () => {
    let running: Running;
    let throwing = false;
    const begin = async (unknownPathWaitMs: number): Promise<void> => {
      const events: SearchEvent[] = [];
      running = await startSearch('postgres', {
        relay: { pollMs: 20, unknownPathWaitMs, batchSize: 5 },
        onEvent: (event) => {
          events.push(event);
          if (throwing) throw new Error('the listener fails');
        },
      });
      running = { ...running, events };
      const em = running.orm.em.fork();
      const author = em.create(Author, { id: 1, name: 'Ann' });
      em.create(Book, { id: 1, title: 'first', author });
      await em.flush();
      await running.search.settled();
    };
    afterEach(async () => {
      throwing = false;
      await running.stop();
    }, 60_000);

    const sql = (statement: string, params: unknown[] = []) =>
      running.orm.em.fork().getConnection().execute<{ attempts: number }[]>(statement, params);
    const add = (path: string, key: string) =>
      sql(
        'insert into search_outbox (index_alias, path, row_key, created_at, attempts, available_at) values (?, ?, ?, ?, 0, 0)',
        [`${running.prefix}-books`, path, key, Date.now()],
      );
    const write = async (title: string): Promise<void> => {
      const em = running.orm.em.fork();
      (await em.findOneOrFail(Book, 1)).title = title;
      await em.flush();
      await running.search.settled({ timeoutMs: 20_000 });
      expect((await running.search.repository(Book).get(1))?.source.title).toBe(title);
    };

    it('waits for one that has its path, and holds up nothing, however many there are', async () => {
      await begin(3_600_000);
      for (let at = 0; at < 12; at += 1) await add('writer', '1');
      await write('goes on');
      expect(await running.search.backlog()).toMatchObject({ pending: 12, deadLetters: 0 });
      await running.search.drain();
      const orm = await MikroORM.init({
        ...postgresConfig(running.dbName),
        entities: [Writer, BookOfWriter, ...searchEntities] as never,
      });
      const other = new SearchService(orm, {
        engine: engineOf(),
        prefix: running.prefix,
        sync: 'outbox',
        relay: { pollMs: 20 },
        whenModelChanges: 'migrate',
      });
      await other.start();
      await until(async () => (await other.backlog()).pending === 0, 30_000);
      expect(await other.deadLetters()).toEqual([]);
      await other.close();
      await orm.close(true);
    }, 60_000);

    it.each([
      ['a path that no model has', 'writer', '1', /no relation `writer` in this release/],
      ['a path that ends in a plain property', 'title', '1', /no relation `title`/],
      ['a key that the database refuses', 'author', '"no number"', /cannot be looked for/],
    ])(
      'is a dead letter in time: %s',
      async (_kind, path, key, reason) => {
        await begin(0);
        await add(path, key);
        await write('goes on');
        await until(async () => (await running.search.backlog()).deadLetters === 1);
        expect(await running.search.deadLetters()).toMatchObject([
          { path, reason: expect.stringMatching(reason) as string },
        ]);
        const said = running.events.find(({ type }) => type === 'documents-refused');
        expect(JSON.stringify(said)).toContain(`search repair ${running.prefix}-books`);
        expect(running.events.map(({ type }) => type)).toEqual(['documents-refused']);
      },
      60_000,
    );

    it('is a dead letter at once when its key cannot be read', async () => {
      await begin(3_600_000);
      await add('', 'no key');
      await write('goes on');
      expect(await running.search.deadLetters()).toMatchObject([{ key: 'no key' }]);
    }, 60_000);

    it('does not end the relay when the listener of the application throws', async () => {
      await begin(0);
      throwing = true;
      await add('writer', '1');
      await until(async () => (await running.search.backlog()).deadLetters === 1);
      await write('goes on');
    }, 60_000);
  }),
);
