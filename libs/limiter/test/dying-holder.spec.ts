import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { describeWith } from '@rookery/services';
import { Limiter, type LimiterStorage } from '@rookery/limiter';
import { postgresSchema, postgresStorage } from '@rookery/limiter/postgres';
import { memcachedStorage } from '@rookery/limiter/memcached';
import { redisStorage } from '@rookery/limiter/redis';
import { connectMemcached } from './memcached-client.js';
import { connectRedis } from './redis-client.js';
import { received, startProcess } from './processes/start.js';

const TIMEOUT_MS = 20_000;
const POLICY = { concurrency: 2, leaseMs: 2500 };
/** The machine's monotonic clock, in milliseconds: the same in each process. */
const clock = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Leases of a process that is killed without a chance to release them. */
function endsAlone(kind: string, address: string, storage: () => LimiterStorage): void {
  it('ends after leaseMs, and not before', async () => {
    const prefix = `dying:${randomUUID()}`;
    const policies = { held: POLICY };
    const limiter = new Limiter({
      storage: storage(),
      policies,
      prefix,
      timeoutMs: TIMEOUT_MS,
      onStorageError: 'closed',
    });
    const holder = startProcess('./hold.ts', [kind, address, prefix, JSON.stringify(POLICY)]);
    type Held = { heldAt: number; count: number };
    const { heldAt, count } = await received(holder, (message) => message as Held);
    holder.kill('SIGKILL');
    expect(count).toBe(POLICY.concurrency);
    const deadline = clock() + 30_000;
    for (;;) {
      const { decision } = await limiter.reserve('held', 'key');
      if (decision.allowed) break;
      expect(decision.reason).toBe('concurrency');
      if (clock() > deadline) throw new Error('not within 30 s: the leases are over');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    // By two clocks, that of the storage and the monotonic one: they may differ by a little.
    expect(clock() - heldAt).toBeGreaterThanOrEqual(POLICY.leaseMs - 20);
  }, 90_000);
}

describeWith('redis', 'a lease in Redis whose holder was killed', (address) => {
  const redis = connectRedis(address, TIMEOUT_MS);
  afterAll(() => redis.disconnect());
  endsAlone('redis', address, () => redisStorage(redis));
});

describeWith('memcached', 'a lease in memcached whose holder was killed', (servers) => {
  const address = servers.split(',')[0]!;
  const { client, close } = connectMemcached(address, TIMEOUT_MS);
  afterAll(close);
  endsAlone('memcached', address, () => memcachedStorage(client));
});

describeWith('postgres', 'a lease in PostgreSQL whose holder was killed', (url) => {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  beforeAll(() => pool.query(postgresSchema()));
  afterAll(() => pool.end());
  endsAlone('postgres', url, () => postgresStorage({ query: ({ text, values }) => pool.query(text, [...values]) }));
});
