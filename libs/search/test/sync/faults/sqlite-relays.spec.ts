import { defineConfig, MikroORM } from '@mikro-orm/libsql';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { describeWith } from '@rookery/services';
import { SearchService } from '@rookery/search';
import { Book, ENTITIES } from '../entities.js';
import { engineOf, startSearch, type Running } from '../running.js';

/** SQLite has no SKIP LOCKED: two relays may do the same rows, and must not do them wrongly. */
describeWith('opensearch', 'two relays on one SQLite database', () => {
  let app: Running;
  const relays: { search: SearchService; orm: MikroORM }[] = [];
  beforeAll(async () => {
    app = await startSearch('sqlite', { relay: false });
    for (const pollMs of [5, 7]) {
      const orm = await MikroORM.init(
        defineConfig({ entities: ENTITIES, metadataProvider: ReflectMetadataProvider, dbName: app.dbName }),
      );
      relays.push({
        orm,
        search: new SearchService(orm, {
          engine: engineOf(),
          prefix: app.prefix,
          sync: 'outbox',
          relay: { pollMs, batchSize: 5 },
        }),
      });
    }
  }, 60_000);
  afterAll(async () => {
    for (const { search, orm } of relays) {
      await search.close();
      await orm.close(true);
    }
    await app.stop();
  }, 60_000);

  it('end with the index as the database, while it is written', async () => {
    for (const { search } of relays) await search.start();
    for (let round = 1; round <= 20; round += 1) {
      const em = app.orm.em.fork();
      for (let id = 1; id <= 10; id += 1) {
        const book = await em.findOne(Book, id);
        if (!book) em.create(Book, { id, title: `round ${round}` });
        else if ((id + round) % 7 === 0) em.remove(book);
        else book.title = `round ${round}`;
      }
      await em.flush();
    }
    await app.search.settled({ timeoutMs: 30_000 });
    const drift = [];
    for await (const one of app.search.migrations.verify(Book)) drift.push(one);
    expect(drift).toEqual([]);
    expect(await app.search.repository(Book).count()).toBe(await app.orm.em.fork().count(Book));
    expect(await app.search.backlog()).toMatchObject({ pending: 0, deadLetters: 0 });
  }, 60_000);
});
