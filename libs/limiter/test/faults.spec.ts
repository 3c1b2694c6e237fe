import {
  Limiter,
  StorageUnavailableError,
  type Decision,
  type LimiterStorage,
  type StorageErrorPolicy,
} from '@rookery/limiter';
import { memcachedStorage } from '@rookery/limiter/memcached';
import { redisClientOptions, redisStorage } from '@rookery/limiter/redis';
import { describeWith, startMemcached, startRedis, type RunningServer } from '@rookery/services';
import { Redis } from 'ioredis';
import { connectMemcached } from './memcached-client.js';

const TIMEOUT_MS = 150;
/** Far beyond the deadline, and far below the time for which clients wait by default. */
const HANGS_MS = 3000;
/** Where nothing fails, a busy machine is to have its time. */
const PATIENT_MS = 10_000;
const LIMIT = 3;

interface Connection {
  readonly storage: LimiterStorage;
  close(): void;
}

const STORAGES = {
  redis: {
    start: startRedis,
    connect: (address: string, timeoutMs = TIMEOUT_MS): Connection => {
      const redis = new Redis(address, { ...redisClientOptions(timeoutMs), enableOfflineQueue: true });
      redis.on('error', () => {});
      return { storage: redisStorage(redis), close: () => redis.disconnect() };
    },
  },
  memcached: {
    start: startMemcached,
    connect: (address: string, timeoutMs = TIMEOUT_MS): Connection => {
      const { client, close } = connectMemcached(address, timeoutMs);
      return { storage: memcachedStorage(client), close };
    },
  },
};

async function inTime<T>(call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>(
    (_, reject) => (timer = setTimeout(() => reject(new Error(`no answer within ${HANGS_MS} ms`)), HANGS_MS)),
  );
  return Promise.race([call, hangs]).finally(() => clearTimeout(timer));
}

describe.each(['redis', 'memcached'] as const)('limiter over a server that fails: %s', (kind) => {
  describeWith(kind, 'for real', () => {
    const { start, connect } = STORAGES[kind];
    let server: RunningServer;
    let connection: Connection;
    beforeEach(async () => {
      server = await start();
      connection = connect(server.address);
    });
    afterEach(async () => {
      connection.close();
      await server.stop();
    });
    const open = (onStorageError: StorageErrorPolicy, timeoutMs = TIMEOUT_MS) =>
      new Limiter({
        storage: connection.storage,
        policies: { api: { limit: LIMIT, per: '1h' } },
        timeoutMs,
        readyTimeoutMs: PATIENT_MS,
        onStorageError,
        localDenialMaxAgeMs: 0,
      });
    /** Until the storage decides, however busy the machine is; nothing is charged then, neither there nor in the process. */
    const serving = async (limiter: Limiter, ask: () => Promise<Decision | 'unavailable'>): Promise<void> => {
      const deadline = Date.now() + PATIENT_MS;
      for (;;) {
        const decision = await ask();
        const isForgotten = await limiter.delete('api', 'ann').then(
          () => true,
          () => false,
        );
        if (isForgotten && decision !== 'unavailable' && decision.source === 'storage') return;
        if (Date.now() > deadline) throw new Error('the storage never served');
      }
    };
    /** Until the limiter notices: a signal takes its time. */
    const failed = async (
      limiter: Limiter,
      ask: () => Promise<Decision | 'unavailable'>,
    ): Promise<Decision | 'unavailable'> => {
      const deadline = Date.now() + 5000;
      for (;;) {
        const decision = await ask();
        if (decision === 'unavailable' || decision.source !== 'storage') return decision;
        if (Date.now() > deadline) throw new Error('the storage never failed');
        await limiter.delete('api', 'ann').catch(() => undefined);
      }
    };
    const ask = (limiter: Limiter) => async (): Promise<Decision | 'unavailable'> => {
      try {
        return await inTime(limiter.consume('api', 'ann'));
      } catch (error) {
        if (error instanceof StorageUnavailableError) return 'unavailable';
        throw error;
      }
    };

    const faults: [string, () => unknown][] = [
      ['frozen', () => server.pause()],
      ['killed', () => server.kill()],
    ];
    describe.each(faults)('%s', (_, fail) => {
      it("limits in the process in time when it is 'local', and shares again afterwards", async () => {
        const limiter = open('local');
        await serving(limiter, ask(limiter));
        await fail();
        const first = (await failed(limiter, ask(limiter))) as Decision;
        expect(first).toMatchObject({ source: 'local', allowed: true, remaining: LIMIT - 1 });
        const rest: boolean[] = [];
        for (let call = 0; call < LIMIT; call++) rest.push(((await ask(limiter)()) as Decision).allowed);
        expect(rest).toEqual([true, true, false]);
        server.resume();
        if (fail === faults[1]![1]) await server.restart();
        await serving(limiter, ask(limiter));
      });

      it("lets all pass in time when it is 'open'", async () => {
        const limiter = open('open');
        await serving(limiter, ask(limiter));
        await fail();
        expect(await failed(limiter, ask(limiter))).toMatchObject({ source: 'open', allowed: true });
        for (let call = 0; call < LIMIT + 1; call++)
          expect(await ask(limiter)()).toMatchObject({ source: 'open', allowed: true });
      });

      it("rejects in time when it is 'closed'", async () => {
        const limiter = open('closed');
        await serving(limiter, ask(limiter));
        await fail();
        expect(await failed(limiter, ask(limiter))).toBe('unavailable');
        expect(await ask(limiter)()).toBe('unavailable');
      });
    });

    it('counts any key, and each for itself', async () => {
      connection.close();
      connection = connect(server.address, PATIENT_MS);
      const limiter = open('closed', PATIENT_MS);
      await limiter.ready();
      const long = 'x'.repeat(10_000);
      const keys = [
        long,
        `${long}y`,
        'a\r\nset b 0 0 1',
        'a\nset b 0 0 1',
        ' ',
        '\0',
        '用户 🐦',
        '\ud800',
        '\ud801',
        '\ufffd',
        '{a}',
        'a:b',
      ];
      const admitted = await Promise.all(
        keys.map(
          async (key) =>
            (await Promise.all(Array.from({ length: LIMIT + 2 }, () => limiter.consume('api', key)))).filter(
              ({ allowed }) => allowed,
            ).length,
        ),
      );
      expect(admitted).toEqual(keys.map(() => LIMIT));
    });
  });
});
