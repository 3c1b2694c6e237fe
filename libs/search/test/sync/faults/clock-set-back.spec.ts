import { describeWith } from '@rookery/services';
import { Database } from '../../../src/database/database.js';
import { DatabaseClock } from '../../../src/database/database-clock.js';
import { DatabaseOutbox } from '../../../src/sync/outbox.js';
import { Book } from '../entities.js';
import { startSearch, uniquePrefix, type Running } from '../running.js';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2030, 0, 1, 12);

describeWith('postgres', 'a clock that is set back an hour', () =>
  describeWith('opensearch', 'between two changes', () => {
    let running: Running;
    let now = NOON;
    beforeAll(async () => {
      running = await startSearch('postgres', (orm) => ({
        relay: { pollMs: 20 },
        clock: new DatabaseClock(new Database(orm), () => now),
      }));
    }, 60_000);
    afterAll(() => running.stop(), 60_000);

    const found = () => running.search.repository(Book).get(1);

    it('leaves the later change in the index, with the higher version', async () => {
      const em = running.orm.em.fork();
      const book = em.create(Book, { id: 1, title: 'at noon' });
      await em.flush();
      await running.search.settled();
      const before = await found();
      now = NOON - HOUR_MS;
      book.title = 'at eleven, and later';
      await em.flush();
      await running.search.settled();
      expect((await found())?.source.title).toBe('at eleven, and later');
      expect((await found())!.version).toBeGreaterThan(before!.version);

      await em.remove(book).flush();
      await running.search.settled();
      expect(await found()).toBeUndefined();
    });

    it('does not make a refused document wait for the hour to come again', async () => {
      let time = NOON;
      const outbox = new DatabaseOutbox(new Database(running.orm), {
        maxAttempts: 5,
        retryAfterMs: () => 60_000,
        maxRetryMs: 300_000,
        unknownPathWaitMs: 3_600_000,
        now: () => time,
      });
      const alias = uniquePrefix();
      const claim = async (refuse: boolean): Promise<number> =>
        outbox.claim([alias], 10, async (claimed) => {
          const { rows } = claimed;
          await claimed.settle(
            rows,
            refuse
              ? rows.map(({ key, createdAt, attempts }) => ({
                  alias,
                  key,
                  createdAt,
                  attempts: attempts + 1,
                  reason: 'no',
                }))
              : [],
            [],
          );
        });
      await outbox.add([{ definition: { alias } as never, path: [], key: 1 }], undefined);
      expect(await claim(true)).toBe(1);
      expect(await claim(true)).toBe(0);
      time = NOON - HOUR_MS;
      expect(await claim(false)).toBe(1);
      expect(await outbox.backlog.sizes([alias])).toMatchObject({ pending: 0, lagMs: 0 });
    });
  }),
);
