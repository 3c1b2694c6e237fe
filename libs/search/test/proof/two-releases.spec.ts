import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { describeWith } from '@rookery/services';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { SearchService } from '@rookery/search';
import { start, type Child } from './child.js';
import { differences } from './compare.js';
import { mend } from './mend.js';
import { connect, dropDatabase, dropIndices, engineAt, searchOf, type Setting } from './setting.js';

/** An old and a new release of one application, each a process that writes and one that relays, while the index is migrated. */
describeWith('postgres', 'a rolling deployment', (postgres) =>
  describeWith('opensearch', 'with a mapping change', (openSearch) => {
    const name = `rolling-${randomUUID().slice(0, 8)}`;
    const setting = (more: Partial<Setting> = {}): Setting => ({
      postgres,
      database: name,
      openSearch,
      prefix: name,
      release: 'this',
      seed: 1,
      ...more,
    });
    let orm: MikroORM;
    let search: SearchService;
    beforeAll(async () => {
      orm = await connect(setting());
      await orm.schema.ensureDatabase();
      await orm.schema.create();
      search = searchOf(orm, setting(), { relay: false, createIndices: true });
      await search.start();
    }, 60_000);
    afterAll(async () => {
      await search.close();
      await dropIndices(setting());
      await orm.close(true);
      await dropDatabase(setting());
    }, 60_000);

    it('leaves both indices as the database says, each with the documents of its release', async () => {
      const old = [start('writer', setting({ seed: 1 })), start('relay', setting())];
      let young: Child[] = [];
      try {
        await wait(1_500);
        const migrating = start('migrate', setting({ release: 'next' }));
        young = [start('writer', setting({ release: 'next', seed: 2 })), start('relay', setting({ release: 'next' }))];
        const migrated = await migrating.ended;
        expect(migrated).toMatchObject({ code: 0, errors: '' });
        await wait(1_000);
        const ends = await stopAll([old[0]!, young[0]!]);
        expect(ends.map(({ code }) => code)).toEqual([0, 0]);
        for (const { output } of ends) expect(Number(output)).toBeGreaterThan(10);
        await search.settled({ timeoutMs: 60_000, refresh: false });
        await mend(orm, search);
        await search.settled({ timeoutMs: 60_000, refresh: false });
        const engine = engineAt(openSearch);
        const [first, second] = (await engine.readIndices(`${name}-books-v*`)).map(({ index }) => index).sort();
        expect(await differences(orm, openSearch, first!, 'this')).toEqual([]);
        expect(await differences(orm, openSearch, second!, 'next')).toEqual([]);
        expect((await engine.readIndices(`${name}-books`)).map(({ index }) => index)).toEqual([second]);
        await engine.close();
      } finally {
        await stopAll([...old, ...young]);
      }
    }, 180_000);
  }),
);

function stopAll(children: readonly Child[]): Promise<Awaited<Child['ended']>[]> {
  for (const { process } of children) process.kill('SIGTERM');
  return Promise.all(children.map(({ ended }) => ended));
}
