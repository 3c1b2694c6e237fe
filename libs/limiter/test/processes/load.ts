/**
 * One of several processes that use a limiter as fast as it answers: `load.ts STORAGE ADDRESS PREFIX POLICY TASK MILLISECONDS`.
 * Of a worker of a cluster POLICY lists one policy for each worker.
 * Says `ready`, works when it hears `go`, and reports when each call was admitted, and when it was over.
 */
import cluster from 'node:cluster';
import { Redis } from 'ioredis';
import pg from 'pg';
import { createClient } from 'redis';
import { clusterStorage } from '../../src/adapters/cluster/index.js';
import { memcachedStorage } from '../../src/adapters/memcached/index.js';
import { postgresStorage } from '../../src/adapters/postgres/index.js';
import { nodeRedisClientOptions, redisClientOptions, redisStorage } from '../../src/adapters/redis/index.js';
import type { LimiterStorage } from '../../src/contracts/limiter-storage.js';
import type { PolicyOptions } from '../../src/contracts/policy.js';
import { Limiter } from '../../src/service/limiter.js';
import { memoryStorage } from '../../src/storage/memory.storage.js';
import { connectMemcached } from '../memcached-client.js';

const TIMEOUT_MS = 20_000;
const LANES = 4;
const [kind, address, prefix, policy, task, milliseconds] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
];

async function open(): Promise<LimiterStorage> {
  switch (kind) {
    case 'memcached':
      return memcachedStorage(connectMemcached(address, TIMEOUT_MS).client);
    case 'redis':
      return redisStorage(new Redis(address, { ...redisClientOptions(TIMEOUT_MS), enableOfflineQueue: true }));
    case 'node-redis': {
      const client = createClient({ ...nodeRedisClientOptions(TIMEOUT_MS), url: address });
      client.on('error', (error) => console.error(error));
      await client.connect();
      return redisStorage(client);
    }
    case 'memory-cluster':
      return clusterStorage(memoryStorage());
    case 'postgres': {
      const pool = new pg.Pool({ connectionString: address, max: 2 });
      return postgresStorage({ query: ({ text, values }) => pool.query(text, [...values]) });
    }
    default:
      throw new Error(`no storage is called ${kind}`);
  }
}

const given = JSON.parse(policy) as PolicyOptions | readonly PolicyOptions[];
const limiter = new Limiter({
  storage: await open(),
  policies: {
    load: Array.isArray(given) ? (given as PolicyOptions[])[cluster.worker!.id - 1]! : (given as PolicyOptions),
  },
  prefix,
  timeoutMs: TIMEOUT_MS,
  onStorageError: 'closed',
  localDenialMaxAgeMs: 0,
});
/** The machine's monotonic clock, in milliseconds: the same in each process, whatever becomes of the time of day. */
const clock = (): number => Number(process.hrtime.bigint()) / 1e6;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const spans: [from: number, to: number][] = [];

/** Whether one call was admitted. */
const tasks: Readonly<Record<string, () => Promise<boolean>>> = {
  consume: async () => {
    const sentAt = clock();
    const { allowed } = await limiter.consume('load', 'key');
    if (allowed) spans.push([sentAt, clock()]);
    return allowed;
  },
  hold: async () => {
    const held = await limiter.reserve('load', 'key');
    if (!held.decision.allowed) return false;
    const from = clock();
    await pause(5);
    spans.push([from, clock()]);
    await held.release();
    return true;
  },
  /** Reserves one token, and uses three. */
  settle: async () => {
    const held = await limiter.reserve('load', 'key');
    if (!held.decision.allowed) return false;
    for (let used = 0; used < 3; used++) spans.push([clock(), clock()]);
    await held.settle(3);
    return true;
  },
};

process.on('message', (message: { go?: true }) => {
  if (message.go === true) void work();
});
await limiter.check();
process.send!({ ready: true });

async function work(): Promise<void> {
  const until = performance.now() + Number(milliseconds);
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      while (performance.now() < until) if (!(await tasks[task]!())) await pause(1);
    }),
  );
  process.send!({ done: spans });
}
