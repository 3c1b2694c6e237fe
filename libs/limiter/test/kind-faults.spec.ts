import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { describeWith, startMemcached, startPostgres, startRedis } from '@rookery/services';
import { Limiter, type LimiterStorage } from '@rookery/limiter';
import { memcachedStorage } from '@rookery/limiter/memcached';
import { postgresSchema, postgresStorage } from '@rookery/limiter/postgres';
import { redisClientOptions, redisStorage } from '@rookery/limiter/redis';
import { connectMemcached } from './memcached-client.js';
import { until } from './until.js';

const PATIENT_MS = 10_000;
const policies = {
  held: { concurrency: 3, leaseMs: 1500 },
  long: { concurrency: 3, leaseMs: 600_000 },
  month: { quota: 5, every: 'month' },
} as const;
const open = (storage: LimiterStorage): Limiter =>
  new Limiter({ storage, policies, timeoutMs: PATIENT_MS, onStorageError: 'closed', prefix: `faults:${randomUUID()}` });

describeWith('redis', 'leases and Redis', (address) => {
  const connect = (to: string): Redis => {
    const redis = new Redis(to, { ...redisClientOptions(PATIENT_MS), enableOfflineQueue: true });
    redis.on('error', () => {});
    return redis;
  };

  it('outlive a fail-over that has replicated them, and are ended on the new primary', async () => {
    const [primary, replica] = await Promise.all([startRedis(), startRedis()]);
    const [first, second] = [connect(primary.address), connect(replica.address)];
    try {
      const [host, port] = new URL(primary.address).host.split(':') as [string, string];
      await second.replicaof(host, Number(port));
      let current: Redis = first;
      const storage = redisStorage({
        evalsha: (...args: Parameters<Redis['evalsha']>) => current.evalsha(...args),
        eval: (...args: Parameters<Redis['eval']>) => current.eval(...args),
        del: (key: string) => current.del(key),
      });
      const limiter = open(storage);
      const held = [];
      for (let call = 0; call < 3; call++) held.push(await limiter.reserve('long', 'a'));
      await until('the replica has them', async () => (await first.wait(1, 100)) === 1);
      await primary.kill();
      await second.replicaof('NO', 'ONE');
      current = second;
      expect((await limiter.reserve('long', 'a')).decision).toMatchObject({ allowed: false, reason: 'concurrency' });
      await held[1]!.release();
      const outcomes = [await limiter.reserve('long', 'a'), await limiter.reserve('long', 'a')];
      expect(outcomes.map(({ decision }) => decision.allowed)).toEqual([true, false]);
    } finally {
      first.disconnect();
      second.disconnect();
      await Promise.all([primary.stop(), replica.stop()]);
    }
  });

  it('of a process that died end by themselves, and not sooner', async () => {
    const [dying, living] = [connect(address), connect(address)];
    try {
      const prefix = `faults:${randomUUID()}`;
      const limiterOf = (redis: Redis) =>
        new Limiter({
          storage: redisStorage(redis),
          policies,
          timeoutMs: PATIENT_MS,
          onStorageError: 'closed',
          prefix,
        });
      const startedAt = performance.now();
      for (let call = 0; call < 3; call++) await limiterOf(dying).reserve('held', 'a');
      dying.disconnect();
      const limiter = limiterOf(living);
      await until('a lease is over', async () => (await limiter.reserve('held', 'a')).decision.allowed);
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1499);
    } finally {
      living.disconnect();
    }
  });
});

describeWith('memcached', 'leases and a memcached that evicts', () => {
  it('start anew when the bucket is gone: never more than the limit beside those that were lost', async () => {
    const server = await startMemcached({ args: ['-m', '1', '-I', '512k'] });
    const { client, close } = connectMemcached(server.address, PATIENT_MS);
    try {
      const limiter = open(memcachedStorage(client));
      const lost = await limiter.reserve('long', 'a');
      await until('the bucket is evicted', async () => {
        // Of the same size, so that they come into the same slab; a look at the bucket would keep it, so there are many first.
        for (let round = 0; round < 24; round++)
          await Promise.all(Array.from({ length: 500 }, async () => limiter.reserve('long', randomUUID())));
        return (await limiter.peek('long', 'a')).remaining === 3;
      });
      const held = [];
      for (let call = 0; call < 4; call++) held.push((await limiter.reserve('long', 'a')).decision.allowed);
      await lost.release();
      expect(held).toEqual([true, true, true, false]);
      expect((await limiter.reserve('long', 'a')).decision.allowed).toBe(false);
    } finally {
      close();
      await server.stop();
    }
  }, 60_000);
});

describeWith('postgres', 'PostgreSQL that is restarted', () => {
  it('keeps a quota and leases, and goes on with them', async () => {
    const server = await startPostgres();
    const pool = new pg.Pool({ connectionString: server.address, max: 2 });
    pool.on('error', () => {});
    try {
      await pool.query(postgresSchema());
      const limiter = open(postgresStorage({ query: ({ text, values }) => pool.query(text, [...values]) }));
      const admitted = async (): Promise<number> => {
        let count = 0;
        while ((await limiter.consume('month', 'a')).allowed) count++;
        return count;
      };
      for (let call = 0; call < 3; call++) await limiter.consume('month', 'a');
      const held = await limiter.reserve('long', 'a');
      await server.restart();
      await until('it is back', () =>
        limiter.peek('month', 'a').then(
          () => true,
          () => false,
        ),
      );
      expect(await admitted()).toBe(2);
      expect((await limiter.peek('long', 'a')).remaining).toBe(2);
      await held.release();
      expect((await limiter.peek('long', 'a')).remaining).toBe(3);
    } finally {
      await pool.end();
      await server.stop();
    }
  }, 60_000);
});
