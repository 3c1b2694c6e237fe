import { Limiter, limiterChannels, type LimiterStorage } from '@rookery/limiter';
import { memcachedPackageClient, memcachedPackageOptions, memcachedStorage } from '@rookery/limiter/memcached';
import { redisClientOptions, redisStorage } from '@rookery/limiter/redis';
import { describeWith, holdEventLoop } from '@rookery/services';
import { Redis } from 'ioredis';
import Memcached from 'memcached';
import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connectMemcached } from './memcached-client.js';

/** The longest that the server may take, also on a busy machine. */
const TIMEOUT_MS = 150;
const BUSY_MS = 2 * TIMEOUT_MS;
const beBusy = (): void => holdEventLoop(BUSY_MS);

const CONNECT: Record<string, (address: string) => { readonly storage: LimiterStorage; close(): void }> = {
  redis: (address) => {
    const redis = new Redis(address, redisClientOptions(TIMEOUT_MS));
    return { storage: redisStorage(redis), close: () => redis.disconnect() };
  },
  memcached: (address) => {
    const { client, close } = connectMemcached(address, TIMEOUT_MS);
    return { storage: memcachedStorage(client), close };
  },
};

describe.each(['redis', 'memcached'] as const)('an event loop that is busy for longer than timeoutMs: %s', (kind) => {
  describeWith(kind, 'for real', (addresses) => {
    const failures: unknown[] = [];
    const listen = (message: unknown): void => void failures.push(message);
    let connection: ReturnType<(typeof CONNECT)[string]>;
    let limiter: Limiter;
    beforeEach(async () => {
      connection = CONNECT[kind]!(addresses.split(',')[0]!);
      const policies = { api: { limit: 1000, per: '1h' }, tenant: { limit: 1000, per: '1h' } } as const;
      const { storage } = connection;
      limiter = new Limiter({
        storage,
        policies,
        timeoutMs: TIMEOUT_MS,
        readyTimeoutMs: 10_000,
        prefix: randomUUID(),
      });
      await limiter.ready();
      failures.length = 0;
      subscribe(limiterChannels.storageError, listen);
    });
    afterEach(() => {
      unsubscribe(limiterChannels.storageError, listen);
      connection.close();
    });

    const calls: Record<string, (key: string) => Promise<unknown>> = {
      consume: (key) => limiter.consume('api', key),
      reserve: (key) => limiter.reserve('api', key),
      peek: (key) => limiter.peek('api', key),
      delete: (key) => limiter.delete('api', key),
      check: () => limiter.check(),
      consumeAll: (key) =>
        limiter.consumeAll([
          ['api', key],
          ['tenant', key],
        ]),
    };

    it.each(Object.keys(calls))('reads answers that have arrived before it gives them up: %s', async (name) => {
      const answer = calls[name]!('ann');
      beBusy();
      await answer;
      // Busy again while the answer is on its way.
      const next = calls[name]!('bob');
      setImmediate(beBusy);
      setTimeout(beBusy, 1);
      await next;
      expect(failures).toEqual([]);
    });

    it('reads answers of calls that wait behind others for the same key', async () => {
      const first = limiter.consume('api', 'hot');
      setImmediate(() => setImmediate(beBusy));
      await new Promise(setImmediate);
      const decisions = await Promise.all([first, limiter.consume('api', 'hot'), limiter.consume('api', 'hot')]);
      expect(decisions.map(({ source }) => source)).toEqual(['storage', 'storage', 'storage']);
      expect(failures).toEqual([]);
    });
  });
});

describeWith(
  'memcached',
  'an event loop that is busy for longer than the package memcached keeps an idle connection',
  (addresses) => {
    const [address] = addresses.split(',') as [string];
    const IDLE_MS = 100;
    const answersOf = async (options: object): Promise<readonly string[]> => {
      const memcached = new Memcached(address, { ...memcachedPackageOptions(TIMEOUT_MS), ...options });
      const client = memcachedPackageClient(memcached, 1000);
      try {
        await client.delete(randomUUID());
        const answers = Promise.allSettled(Array.from({ length: 3 }, () => client.gets(randomUUID())));
        beBusy();
        return (await answers).map(({ status }) => status);
      } finally {
        memcached.end();
      }
    };

    it('loses what has arrived and was not read: so memcachedPackageOptions keep connections for a minute', async () => {
      expect(await answersOf({ idle: IDLE_MS })).toEqual(['rejected', 'rejected', 'rejected']);
      expect(await answersOf({})).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
      expect(memcachedPackageOptions(TIMEOUT_MS).idle).toBeGreaterThanOrEqual(60_000);
    });
  },
);
