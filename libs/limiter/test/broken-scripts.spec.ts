import pg from 'pg';
import { describeWith } from '@rookery/services';
import type { Clock, LimiterStorage } from '@rookery/limiter';
import { memcachedStorage, type MemcachedClient } from '@rookery/limiter/memcached';
import { postgresSchema, postgresStorage, type PostgresClient } from '@rookery/limiter/postgres';
import { redisStorage } from '@rookery/limiter/redis';
import { ContractViolation, storageContract } from '@rookery/limiter/testing';
import { clockedPostgres } from './clocked-postgres.js';
import { clockedRedis } from './clocked-redis.js';
import { connectMemcached } from './memcached-client.js';
import { connectRedis } from './redis-client.js';

/** One place of a script, what stands there instead, and the promise of the contract that is broken so. */
type Break = readonly [kind: string, is: string, broken: string, caught: string];

const MAX_SKEW_MS = 7_200_000;
const PROMISES = {
  drained: 'admits exactly what has drained of many at once on a key that exists',
  several: 'charges all limits of a bucket or none',
  quota: 'counts a quota by its periods, and gives it anew at the boundary',
  lease: 'ends a lease that nobody ended, and then no other in its place',
  block: 'blocks for its blockFor once a token found no room, and no longer',
  debt: 'charges a debt up to its bound, and has it paid off first',
  together: 'decides limits of several kinds together: all are charged, or none',
  releases: 'keeps what another release counts, and goes on draining it',
  refund: 'gives tokens back to every limit, whole and once',
} as const;

const replaced =
  (is: string, broken: string) =>
  (text: string): string => {
    if (!text.includes(is)) throw new Error(`the script holds no ${is}`);
    return text.replaceAll(is, broken);
  };

async function isCaught(caught: string, open: (clock: Clock) => LimiterStorage): Promise<void> {
  const check = storageContract({ open: (clock) => [open(clock), open(clock), open(clock)] });
  await expect(check.find(({ name }) => name === caught)!.run()).rejects.toBeInstanceOf(ContractViolation);
}

describeWith('redis', 'the contract catches a script of Redis that is wrong about', (address) => {
  const redis = connectRedis(address, 5000);
  afterAll(() => redis.disconnect());

  it.each<Break>([
    ['a rate', 'level = level - drain * ticks', 'level = level - 2 * drain * ticks', PROMISES.drained],
    [
      'rates',
      'limit.capacity - bucket.levels[index]) / (',
      'limit.capacity + 1e9 - bucket.levels[index]) / (',
      PROMISES.several,
    ],
    ['quotas', 'if each.b > now then', 'if each.b >= now then', PROMISES.quota],
    ['calls at once', 'if ends > now then', 'if ends >= now then', PROMISES.lease],
    ['blocks', 'bucket.blocked[index] > now', 'bucket.blocked[index] >= now', PROMISES.block],
    ['debt', 'limit.capacity + limit.debt', 'limit.capacity', PROMISES.debt],
    [
      'kinds together',
      'block(bucket, cost)\n        return 0, 0',
      'chargeAll(bucket, cost)\n        return 0, 0',
      PROMISES.together,
    ],
    ['releases', 'each.level + cost * each.units', 'each.level', PROMISES.releases],
    ['refunds', 'if passed > 0 then\n    -- Giving', 'if passed > 0 and cost > 0 then\n    -- Giving', PROMISES.refund],
  ])('%s', async (_, is, broken, caught) => {
    await isCaught(caught, (clock) =>
      redisStorage(clockedRedis(redis, clock, replaced(is, broken)), { maxSkewMs: MAX_SKEW_MS }),
    );
  });
});

describeWith('postgres', 'the contract catches a function of PostgreSQL that is wrong about', (url) => {
  const TABLE = `broken_${process.pid}`;
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  const client: PostgresClient = { query: (query) => pool.query(query.text, [...query.values]) };
  afterAll(async () => {
    await pool.query(`DROP TABLE IF EXISTS ${TABLE}`);
    await pool.end();
  });

  it.each<Break>([
    ['a rate', 'b.level - b.drain * least(', 'b.level - 2 * b.drain * least(', PROMISES.drained],
    [
      'rates',
      'cost * units[i] <= capacity[i] - level[i]',
      'cost * units[i] < capacity[i] - level[i]',
      PROMISES.several,
    ],
    ['quotas', 'WHEN p_now < (one->>5)', 'WHEN p_now <= (one->>5)', PROMISES.quota],
    ['calls at once', 'IF lease > p_now THEN', 'IF lease >= p_now THEN', PROMISES.lease],
    ['blocks', 'p_now + block[i]', 'p_now + div(block[i], 2)', PROMISES.block],
    ['debt', 'capacity[i] + debt[i]', 'capacity[i]', PROMISES.debt],
    ['kinds together', 'IF allowed THEN', 'IF allowed OR n > 1 THEN', PROMISES.together],
    ['releases', 's_level[j] + cost * s_units[j]', 's_level[j]', PROMISES.releases],
    [
      'refunds',
      'level[i] := greatest(0, least(top, level[i] + cost * units[i]))',
      'level[i] := greatest(level[i], least(top, level[i] + cost * units[i]))',
      PROMISES.refund,
    ],
  ])('%s', async (_, is, broken, caught) => {
    await pool.query(replaced(is, broken)(postgresSchema({ table: TABLE })));
    await isCaught(caught, (clock) =>
      postgresStorage(clockedPostgres(client, clock), { table: TABLE, maxSkewMs: MAX_SKEW_MS }),
    );
  });
});

describeWith('memcached', 'the contract catches a client of memcached that', (servers) => {
  const { client, close } = connectMemcached(servers.split(',')[0]!, 5000);
  afterAll(close);

  const whole: MemcachedClient = {
    gets: (key) => client.gets(key),
    add: (...write) => client.add(...write),
    cas: (...write) => client.cas(...write),
    delete: (key) => client.delete(key),
  };

  it.each<[string, string, Partial<MemcachedClient>]>([
    [
      'says that it added where something was',
      'admits exactly the burst of many at once on a key that is new',
      { add: async (...write) => (await client.add(...write), true) },
    ],
    [
      'stores over what others stored since',
      'admits exactly what has drained of many at once on a key that exists',
      {
        cas: async (key, value, token, lifetime) =>
          client.cas(key, value, (await client.gets(key))?.cas ?? token, lifetime),
      },
    ],
    ['deletes nothing', 'forgets a bucket that is deleted, and no other', { delete: () => Promise.resolve(true) }],
  ])('%s', async (_, caught, broken) => {
    await isCaught(caught, (clock) => memcachedStorage({ ...whole, ...broken }, { clock, maxSkewMs: MAX_SKEW_MS }));
  });
});
