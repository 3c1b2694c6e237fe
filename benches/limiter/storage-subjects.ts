import { ThrottlerStorageRedisService } from '@nest-lab/throttler-storage-redis';
import { ThrottlerStorageService } from '@nestjs/throttler';
import { MemoryStore, type Options } from 'express-rate-limit';
import { Redis } from 'ioredis';
import Memcached from 'memcached';
import pg from 'pg';
import { RateLimiterMemcache, RateLimiterMemory, RateLimiterPostgres, RateLimiterRedis } from 'rate-limiter-flexible';

import { startHerd, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { Limiter, memoryStorage, type LimiterOptions, type LimiterStorage } from '@rookery/limiter';
import { memcachedStorage } from '@rookery/limiter/memcached';
import { postgresSchema, postgresStorage } from '@rookery/limiter/postgres';
import { redisClientOptions, redisStorage } from '@rookery/limiter/redis';
import { startMemcached, startPostgres, startRedis } from '@rookery/services';

/** A limiter over a storage. It decides 'wide', where all pass, and 'narrow', where nearly none do. */
export interface Subject {
  readonly storage: 'memory' | 'Redis' | 'memcached' | 'PostgreSQL';
  readonly name: string;
  readonly consume: (policy: PolicyName, key: string) => Promise<unknown>;
}

type PolicyName = 'wide' | 'narrow';

/** What all of them are measured against, on each storage. */
export const PEER = 'rate-limiter-flexible';
const TIMEOUT_MS = 5000;
const HOUR_MS = 3_600_000;
const LIMITS: Readonly<Record<PolicyName, number>> = { wide: 1_000_000_000, narrow: 10 };

/** Connections of each subject. */
const POOL_SIZE = 10;

/** Starts a Redis, a memcached and a PostgreSQL; each subject has a client of its own, with the same options. */
export async function startSubjects(): Promise<{
  readonly subjects: readonly Subject[];
  readonly stop: () => Promise<void>;
}> {
  const servers = await Promise.all([startRedis(), startMemcached(), startPostgres()]);
  const [redisServer, memcachedServer, postgresServer] = servers;
  const clients: Redis[] = [];
  const connect = (enableAutoPipelining = false): Redis => {
    const redis = new Redis(redisServer.address, {
      ...redisClientOptions(TIMEOUT_MS),
      enableOfflineQueue: true,
      enableAutoPipelining,
    });
    clients.push(redis);
    return redis;
  };
  const herd = await startHerd({ discovery: staticNodes([memcachedServer.address]), driver: memcached() });
  const peerMemcached = new Memcached(memcachedServer.address, { poolSize: 10 });

  const pools = [0, 1].map(() => new pg.Pool({ connectionString: postgresServer.address, max: POOL_SIZE }));
  const [ownPool, peerPool] = pools as [pg.Pool, pg.Pool];
  // The server ends before what is idle has left.
  for (const pool of pools) pool.on('error', () => undefined);
  await ownPool.query(postgresSchema());
  /** It makes its table itself, and may be used once that is there. */
  const tables: Promise<unknown>[] = [];
  const flexiblePostgres = (options: FlexibleOptions): RateLimiterPostgres => {
    let made!: RateLimiterPostgres;
    tables.push(
      new Promise<void>((resolve, reject) => {
        const tableName = `peer_${options.points}`;
        made = new RateLimiterPostgres({ ...options, storeClient: peerPool, tableName }, (error) =>
          error ? reject(error) : resolve(),
        );
      }),
    );
    return made;
  };

  const subjects: readonly Subject[] = [
    flexible('memory', PEER, (options) => new RateLimiterMemory(options)),
    throttler('memory', '@nestjs/throttler', new ThrottlerStorageService()),
    expressRateLimit('express-rate-limit'),
    rookery('memory', 'rookery', memoryStorage()),
    flexible('Redis', PEER, (options) => new RateLimiterRedis({ ...options, storeClient: connect() })),
    flexible(
      'Redis',
      `${PEER}, inMemoryBlockOnConsumed`,
      (options) =>
        new RateLimiterRedis({ ...options, storeClient: connect(), inMemoryBlockOnConsumed: options.points }),
    ),
    flexible(
      'Redis',
      `${PEER}, auto-pipelining`,
      (options) => new RateLimiterRedis({ ...options, storeClient: connect(true) }),
    ),
    throttler('Redis', '@nestjs/throttler', new ThrottlerStorageRedisService(connect())),
    rookery('Redis', 'rookery, storage alone', redisStorage(connect()), { coalesce: false, localDenialMaxAgeMs: 0 }),
    rookery('Redis', 'rookery', redisStorage(connect())),
    flexible('memcached', PEER, (options) => new RateLimiterMemcache({ ...options, storeClient: peerMemcached })),
    rookery('memcached', 'rookery', memcachedStorage(herd.withPolicy({ onNodeDown: 'error' }))),
    flexible('PostgreSQL', PEER, flexiblePostgres),
    rookery(
      'PostgreSQL',
      'rookery',
      postgresStorage({ query: ({ text, values }) => ownPool.query(text, [...values]) }),
    ),
  ];
  await Promise.all(tables);
  const stop = async (): Promise<void> => {
    for (const client of clients) client.disconnect();
    peerMemcached.end();
    await herd.close();
    await Promise.all(pools.map((pool) => pool.end()));
    await Promise.all(servers.map((server) => server.stop()));
  };
  return { subjects, stop };
}

function rookery(
  storage: Subject['storage'],
  name: string,
  over: LimiterStorage,
  options: Partial<LimiterOptions> = {},
): Subject {
  const policies = { wide: { limit: LIMITS.wide, per: HOUR_MS }, narrow: { limit: LIMITS.narrow, per: HOUR_MS } };
  const limiter = new Limiter({
    storage: over,
    policies,
    timeoutMs: TIMEOUT_MS,
    onStorageError: 'closed',
    prefix: prefixOf(name),
    ...options,
  });
  return { storage, name, consume: (policy, key) => limiter.consume(policy, key) };
}

interface FlexibleOptions {
  readonly points: number;
  readonly duration: number;
  readonly keyPrefix: string;
}

/** It rejects with an object where it refuses, and with an error where it fails. */
function flexible(
  storage: Subject['storage'],
  name: string,
  make: (options: FlexibleOptions) => { consume(key: string): Promise<unknown> },
): Subject {
  const open = (policy: PolicyName) =>
    make({ points: LIMITS[policy], duration: HOUR_MS / 1000, keyPrefix: `${prefixOf(name)}-${policy}` });
  const limiters = { wide: open('wide'), narrow: open('narrow') };
  const refused = (refusal: unknown): void => {
    if (refusal instanceof Error) throw refusal;
  };
  return { storage, name, consume: (policy, key) => limiters[policy].consume(key).catch(refused) };
}

function throttler(
  storage: Subject['storage'],
  name: string,
  over: Pick<ThrottlerStorageRedisService, 'increment'>,
): Subject {
  return { storage, name, consume: (policy, key) => over.increment(key, HOUR_MS, LIMITS[policy], HOUR_MS, policy) };
}

function expressRateLimit(name: string): Subject {
  const open = (): MemoryStore => {
    const store = new MemoryStore();
    store.init({ windowMs: HOUR_MS } as Options);
    return store;
  };
  const stores = { wide: open(), narrow: open() };
  return { storage: 'memory', name, consume: (policy, key) => stores[policy].increment(key) };
}

const prefixOf = (name: string): string => name.replaceAll(/\W+/g, '-');
