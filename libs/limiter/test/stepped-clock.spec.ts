import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { describeWith } from '@rookery/services';
import { Limiter, type Clock, type LimiterStorage } from '@rookery/limiter';
import { memcachedStorage } from '@rookery/limiter/memcached';
import { postgresSchema, postgresStorage } from '@rookery/limiter/postgres';
import { redisStorage } from '@rookery/limiter/redis';
import { clockedRedis } from './clocked-redis.js';
import { connectMemcached } from './memcached-client.js';
import { connectRedis } from './redis-client.js';

const SECOND = 1_000_000;
const TEN_MINUTES = 600 * SECOND;
const TIMEOUT_MS = 20_000;
const TABLE = `limiter_stepped_${process.pid}`;

/** The clock by which the storage judges is set by ten minutes, in the middle of leases and of a block. */
function survives(open: (clock: Clock) => LimiterStorage): void {
  let now: number;
  let limiter: Limiter;
  beforeEach(() => {
    now = Date.now() * 1000;
    limiter = new Limiter({
      storage: open(() => now),
      policies: {
        held: { concurrency: 2, leaseMs: 60_000 },
        login: { limit: 1, per: '1s', blockFor: '15m' },
      },
      prefix: `stepped:${randomUUID()}`,
      timeoutMs: TIMEOUT_MS,
      onStorageError: 'closed',
      localDenialMaxAgeMs: 0,
    });
  });
  const hold = async (): Promise<boolean> => (await limiter.reserve('held', 'a')).decision.allowed;
  const login = () => limiter.consume('login', 'a');
  const block = async (): Promise<void> => {
    expect((await login()).allowed).toBe(true);
    expect(await login()).toMatchObject({ allowed: false, reason: 'blocked', retryAfterMs: 900_000 });
  };

  it('leases last as long as they would have where it is set back', async () => {
    expect([await hold(), await hold(), await hold()]).toEqual([true, true, false]);
    now -= TEN_MINUTES;
    expect(await hold()).toBe(false);
    now += 59 * SECOND;
    expect(await hold()).toBe(false);
    now += 2 * SECOND;
    expect([await hold(), await hold(), await hold()]).toEqual([true, true, false]);
  });

  it('leases are over where it is set forward, and no more than the limit are held then', async () => {
    expect([await hold(), await hold(), await hold()]).toEqual([true, true, false]);
    now += TEN_MINUTES;
    expect([await hold(), await hold(), await hold()]).toEqual([true, true, false]);
  });

  it('a lease of before ends with its time where it is set back, as its release finds it no more', async () => {
    const before = await limiter.reserve('held', 'a');
    now -= TEN_MINUTES;
    await before.release();
    expect([await hold(), await hold()]).toEqual([true, false]);
    now += 61 * SECOND;
    expect([await hold(), await hold(), await hold()]).toEqual([true, true, false]);
  });

  it('the release of a lease of before ends no other where it is set forward', async () => {
    const before = await limiter.reserve('held', 'a');
    now += TEN_MINUTES;
    expect([await hold(), await hold()]).toEqual([true, true]);
    await before.release();
    expect(await hold()).toBe(false);
  });

  it('a block lasts as long as it would have where it is set back', async () => {
    await block();
    now -= TEN_MINUTES;
    expect(await login()).toMatchObject({ allowed: false, reason: 'blocked', retryAfterMs: 900_000 });
    now += 899 * SECOND;
    expect(await login()).toMatchObject({ allowed: false, reason: 'blocked', retryAfterMs: 1000 });
    now += 2 * SECOND;
    expect((await login()).allowed).toBe(true);
  });

  it('a block is shorter by as much where it is set forward', async () => {
    await block();
    now += TEN_MINUTES;
    expect(await login()).toMatchObject({ allowed: false, reason: 'blocked', retryAfterMs: 300_000 });
    now += 301 * SECOND;
    expect((await login()).allowed).toBe(true);
  });
}

describeWith('memcached', "memcached's callers, whose clock is set", (servers) => {
  const { client, close } = connectMemcached(servers.split(',')[0]!, TIMEOUT_MS);
  afterAll(close);
  survives((clock) => memcachedStorage(client, { clock }));
});

describeWith('redis', 'Redis, whose clock is set', (address) => {
  const redis = connectRedis(address, TIMEOUT_MS);
  afterAll(() => redis.disconnect());
  survives((clock) => redisStorage(clockedRedis(redis, clock)));
});

describeWith('postgres', 'PostgreSQL, whose clock is set', (url) => {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  beforeAll(() => pool.query(postgresSchema({ table: TABLE })));
  afterAll(async () => {
    await pool.query(`DROP TABLE ${TABLE}`);
    await pool.end();
  });
  survives((clock) =>
    postgresStorage(
      { query: ({ text, values }) => pool.query(text.replace('NULL', String(clock())), [...values]) },
      { table: TABLE },
    ),
  );
});
