import { describeWith } from '@rookery/services';
import { type DemoUnderTest, ownEnvironment, startDemoUnderTest } from './demo-under-test.js';
import { DemoClient } from './http.js';
import { until } from './until.js';

/** Where nothing listens: these tests need no search. */
const NO_OPENSEARCH = 'http://127.0.0.1:9';
const NO_REDIS = 'redis://127.0.0.1:9';
/** The first of Washington. */
const ADDRESS = 1;

describeWith('postgres', 'two processes of the demo', (postgres) => {
  describeWith('memcached', 'that have an address in memory', (memcached) => {
    const running: DemoUnderTest[] = [];
    const start = async (settings: Record<string, string>): Promise<readonly [DemoClient, DemoClient]> => {
      const env = { ...ownEnvironment({ postgres, opensearch: NO_OPENSEARCH, memcached }), ...settings };
      const client = async (): Promise<DemoClient> => {
        const demo = await startDemoUnderTest(env);
        running.push(demo);
        return new DemoClient(demo.url);
      };
      return [await client(), await client()];
    };
    const partyShown = async (client: DemoClient) => (await client.address(ADDRESS)).body.president?.party;
    /** Has each process read it, and find it again. */
    const hold = async (clients: readonly DemoClient[]) => {
      for (const client of clients) await client.cachedAddress(ADDRESS);
    };

    afterEach(async () => {
      const [first, ...others] = running.splice(0);
      await Promise.all(others.map((demo) => demo.stop()));
      await first?.remove();
    }, 30_000);

    describeWith('redis', 'and Redis between them', (redis) => {
      it('show each edit of one: at once there, and in the other as soon as it is notified', async () => {
        const settings = { REDIS_URL: redis, CACHE_SECONDS: '600', CACHE_MEMORY_SECONDS: '600' };
        const [one, other] = await start(settings);
        for (const [writer, reader, party] of [
          [one, other, 'Whig'],
          [other, one, 'Republican'],
        ] as const) {
          await hold([one, other]);
          expect((await writer.change(1, { party })).status).toBe(200);
          expect(await partyShown(writer)).toBe(party);
          await until(
            () => partyShown(reader),
            (shown) => shown === party,
          );
        }
        await hold([one, other]);
        expect((await one.edit('DELETE', '/presidents/1')).status).toBe(204);
        expect((await one.address(ADDRESS)).status).toBe(404);
        await until(
          () => other.address(ADDRESS),
          ({ status }) => status === 404,
        );
      }, 60_000);
    });

    it.each<[string, Record<string, string>]>([
      ['no Redis', {}],
      ['a Redis that is away', { REDIS_URL: NO_REDIS }],
    ])(
      'show an edit there at once, and in the other once memory has let go of it, with %s',
      async (_case, redis) => {
        const [one, other] = await start({ ...redis, CACHE_SECONDS: '600', CACHE_MEMORY_SECONDS: '1' });
        await hold([one, other]);
        expect((await one.change(1, { party: 'Whig' })).status).toBe(200);
        expect(await partyShown(one)).toBe('Whig');
        await until(
          () => partyShown(other),
          (shown) => shown === 'Whig',
        );
        for (const { printed } of running) {
          const warnings = printed.match(/Redis cannot be reached, other processes see edits/g) ?? [];
          expect(warnings).toHaveLength('REDIS_URL' in redis ? 1 : 0);
        }
      },
      60_000,
    );
  });
});
