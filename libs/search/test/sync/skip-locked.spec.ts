import { describeWith } from '@rookery/services';
import { SearchService } from '@rookery/search';
import { lastValueFrom } from 'rxjs';
import type { DatabaseName } from './database.js';
import { Author, Book } from './entities.js';
import { engineOf, startSearch } from './running.js';

/** Databases with SKIP LOCKED, beside the outbox's own suite. */
function sharesRows(database: DatabaseName): void {
  it('relays for processes that do not, two at once and each row once', async () => {
    const app = await startSearch(database, { relay: false });
    const relays = [1, 2].map(
      () =>
        new SearchService(app.orm, {
          engine: engineOf(),
          prefix: app.prefix,
          sync: 'outbox',
          relay: { pollMs: 20, batchSize: 10 },
        }),
    );
    try {
      const em = app.orm.em.fork();
      const author = em.create(Author, { id: 1, name: 'Ann' });
      for (let id = 1; id <= 200; id += 1) em.create(Book, { id, title: `title ${id}`, author });
      await em.flush();
      expect((await app.search.backlog()).pending).toBeGreaterThanOrEqual(200);
      await Promise.all(relays.map((relay) => relay.start()));
      await app.search.settled({ timeoutMs: 20_000 });
      expect(await app.search.repository(Book).count()).toBe(200);
    } finally {
      await Promise.all(relays.map((relay) => relay.close()));
      await app.stop();
    }
  }, 60_000);

  it('follows a savepoint after the commit from memory too, and not one that is rolled back', async () => {
    const app = await startSearch(database, { sync: 'after-commit' });
    try {
      const em = app.orm.em.fork();
      for (const id of [1, 2, 3]) em.create(Book, { id, title: `title ${id}` });
      await em.flush();
      await app.orm.em.fork().transactional(async (tx) => {
        (await tx.findOneOrFail(Book, 1)).title = 'around';
        await tx.transactional(async (inner) => void ((await inner.findOneOrFail(Book, 2)).title = 'released'));
        await tx
          .transactional(async (inner) => {
            (await inner.findOneOrFail(Book, 3)).title = 'undone';
            await inner.flush();
            throw new Error('no');
          })
          .catch(() => undefined);
      });
      await app.search.settled();
      const titles = await Promise.all(
        [1, 2, 3].map(async (id) => (await app.search.repository(Book).get(id))?.source.title),
      );
      expect(titles).toEqual(['around', 'released', 'title 3']);
    } finally {
      await app.stop();
    }
  }, 60_000);

  it('verifies, repairs and migrates an index', async () => {
    const app = await startSearch(database);
    try {
      const em = app.orm.em.fork();
      for (let id = 1; id <= 30; id += 1) em.create(Book, { id, title: `title ${id}` });
      await em.flush();
      await app.search.settled();
      await em.getConnection().execute("update book set title = 'behind its back' where id = 3");
      expect(await app.search.migrations.repair(Book)).toEqual({ missing: 0, orphaned: 0, outdated: 1 });
      expect(await app.search.migrations.status(Book)).toMatchObject({ plan: { action: 'none' } });
      expect(await lastValueFrom(app.search.migrations.migrate(Book))).toMatchObject({ phase: 'finished' });
    } finally {
      await app.stop();
    }
  }, 60_000);
}

describeWith('postgres', 'relays on PostgreSQL', () =>
  describeWith('opensearch', 'at once', () => sharesRows('postgres')),
);
describeWith('mariadb', 'relays on MariaDB', () => describeWith('opensearch', 'at once', () => sharesRows('mariadb')));
