/**
 * Decisions per second of each storage beside rate-limiter-flexible over the same servers, in one interleaved run: one hot
 * key, 10,000 keys, and a flood of which all but ten are refused. Starts its own Redis and memcached. Run:
 * `npm run build:libs && npx tsc -b benches && node benches/dist/limiter/storages.bench.js`.
 */
import { Redis } from 'ioredis';
import Memcached from 'memcached';
import { RateLimiterMemcache, RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';

import { startHerd, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { Limiter, memoryStorage, withCoalescing, withLocalDenial, type LimiterStorage } from '@rookery/limiter';
import { memcachedStorage } from '@rookery/limiter/memcached';
import { redisClientOptions, redisStorage } from '@rookery/limiter/redis';
import { startMemcached, startRedis } from '@rookery/services';

import { printTable } from '../herd/table.js';
import { interleaved, type Contender } from './interleaved.js';

const ROUNDS = 5;
const CONCURRENCY = 64;
const TIMEOUT_MS = 5000;
const WIDE = 1_000_000_000;
const NARROW = 10;
const HOUR_SECONDS = 3600;

const [redisServer, memcachedServer] = await Promise.all([startRedis(), startMemcached()]);
const redis = new Redis(redisServer.address, { ...redisClientOptions(TIMEOUT_MS), enableOfflineQueue: true });
// The peer gets auto-pipelining too.
const peerRedis = new Redis(redisServer.address, { enableAutoPipelining: true });
const herd = await startHerd({ discovery: staticNodes([memcachedServer.address]), driver: memcached() });
const peerMemcached = new Memcached(memcachedServer.address, { poolSize: 10 });

const layers = (storage: LimiterStorage): LimiterStorage => withLocalDenial(withCoalescing(storage));
const overRedis = redisStorage(redis);
const overMemcached = memcachedStorage(herd.withPolicy({ onNodeDown: 'error' }));

/** `storage` decides 'wide', where all pass, and 'narrow', where nearly none do. */
interface Subject {
  readonly storage: string;
  readonly name: string;
  readonly consume: (policy: 'wide' | 'narrow', key: string) => Promise<unknown>;
}

const ours = (storage: string, name: string, over: LimiterStorage): Subject => {
  const limiter = new Limiter({
    storage: over,
    policies: { wide: { limit: WIDE, per: '1h' }, narrow: { limit: NARROW, per: '1h' } },
    timeoutMs: TIMEOUT_MS,
    onStorageError: 'closed',
    prefix: name.replaceAll(/\W+/g, '-'),
  });
  return { storage, name, consume: (policy, key) => limiter.consume(policy, key) };
};

type Peer = { consume(key: string): Promise<unknown> };
const peer = (storage: string, name: string, make: (points: number, keyPrefix: string) => Peer): Subject => {
  const limiters = { wide: make(WIDE, `${name}-wide`), narrow: make(NARROW, `${name}-narrow`) };
  // It rejects with an object where it refuses, and with an error where it fails.
  return { storage, name, consume: (policy, key) => limiters[policy].consume(key).catch((refusal: unknown) => { if (refusal instanceof Error) throw refusal; }) };
};

const PEER = 'rate-limiter-flexible';
const common = { duration: HOUR_SECONDS };
const SUBJECTS: readonly Subject[] = [
  peer('memory', PEER, (points, keyPrefix) => new RateLimiterMemory({ ...common, points, keyPrefix })),
  ours('memory', 'rookery', memoryStorage()),
  peer('Redis', PEER, (points, keyPrefix) => new RateLimiterRedis({ ...common, points, keyPrefix, storeClient: peerRedis })),
  peer('Redis', `${PEER}, inMemoryBlockOnConsumed`, (points, keyPrefix) => new RateLimiterRedis({ ...common, points, keyPrefix: `${keyPrefix}-b`, storeClient: peerRedis, inMemoryBlockOnConsumed: points })),
  ours('Redis', 'rookery, storage alone', overRedis),
  ours('Redis', 'rookery, coalesced, with local denial', layers(overRedis)),
  peer('memcached', PEER, (points, keyPrefix) => new RateLimiterMemcache({ ...common, points, keyPrefix, storeClient: peerMemcached })),
  ours('memcached', 'rookery, coalesced, with local denial', layers(overMemcached)),
];

const SCENARIOS: readonly { readonly title: string; readonly decide: (subject: Subject) => Contender['decide'] }[] = [
  { title: 'one hot key', decide: ({ consume }) => () => consume('wide', 'hot') },
  { title: '10,000 keys', decide: ({ consume }) => (i) => consume('wide', `key-${i % 10_000}`) },
  { title: 'refused flood', decide: ({ consume }) => () => consume('narrow', 'flood') },
];

const label = ({ storage, name }: Subject): string => `${storage}: ${name}`;
const measured: Map<string, number>[] = [];
for (const { decide } of SCENARIOS) {
  measured.push(await interleaved(SUBJECTS.map((subject) => ({ name: label(subject), decide: decide(subject) })), ROUNDS, CONCURRENCY));
}

console.log(`Decisions per second, ${CONCURRENCY} at a time, median of ${ROUNDS} interleaved rounds; in brackets against ${PEER} on the same storage.\n`);
printTable(
  ['storage', 'limiter', ...SCENARIOS.map(({ title }) => title)],
  SUBJECTS.map((subject) => [
    subject.storage,
    subject.name,
    ...measured.map((rates) => {
      const rate = rates.get(label(subject))!;
      return `${Math.round(rate).toLocaleString('en')} (${(rate / rates.get(`${subject.storage}: ${PEER}`)!).toFixed(2)})`;
    }),
  ]),
);

redis.disconnect();
peerRedis.disconnect();
peerMemcached.end();
await herd.close();
await Promise.all([redisServer.stop(), memcachedServer.stop()]);
process.exit(); // The peer's timers would keep the process.
