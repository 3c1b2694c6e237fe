/**
 * What a hit costs: in memory, and `getOrSet` on one hot key with two tiers against bentocache and cache-manager 7, all over the
 * same Redis, in turn, in short rounds of one run. Medians; a ratio is the median of the ratios within a round.
 *
 *     npm run bench -- herd cache
 */
import { createRequire } from 'node:module';

import { startHerd, staticNodes } from '@rookery/herd';
import { redis, redisBus } from '@rookery/herd/redis';
import { startRedis } from '@rookery/services';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { createCache } from 'cache-manager';
import { Redis } from 'ioredis';

import { percentile } from './percentile.js';
import { printTable } from './table.js';

// The Keyv that cache-manager brings: its `wrap` finds nothing in Keyv 6.
const ofManager = createRequire(createRequire(import.meta.url).resolve('cache-manager'));
const { Keyv } = ofManager('keyv') as { Keyv: new (options: object) => never };

const ROUNDS = 15;
const CALLS = 10_000;
const value = { id: 7, name: 'Abraham Lincoln', party: 'Republican', years: [1861, 1865] };
const load = () => Promise.resolve(value);

const server = await startRedis();
const connection = { host: server.host, port: server.port };
const client = new Redis(connection);
const herd = await startHerd({
  discovery: staticNodes([`${server.host}:${server.port}`]),
  driver: redis(),
  bus: redisBus(client),
  timeoutMs: 5000,
});
const users = herd.namespace('users', { memory: { ttl: '1h' } });
const bento = new BentoCache({
  default: 'two',
  stores: {
    two: bentostore()
      .useL1Layer(memoryDriver({ maxSize: '32mb' }))
      .useL2Layer(redisDriver({ connection }))
      .useBus(redisBusDriver({ connection })),
  },
});
const second = new Redis(connection);
const store = {
  get: async (key: string) => (await second.get(key)) ?? undefined,
  set: async (key: string, text: string, ttlMs?: number) =>
    void (await second.set(key, text, 'PX', ttlMs ?? 3_600_000)),
  delete: async (key: string) => (await second.del(key)) > 0,
  clear: async () => void (await second.flushdb()),
};
const manager = createCache({
  stores: [new Keyv({ ttl: 3_600_000 }), new Keyv({ store, ttl: 3_600_000 })],
  ttl: 3_600_000,
});

const clients: readonly Readonly<{ name: string; get: () => Promise<unknown> }>[] = [
  { name: 'herd, memory before Redis', get: () => users.getOrSet('hot', '1h', load) },
  { name: 'bentocache, memory before Redis', get: () => bento.getOrSet({ key: 'hot', ttl: '1h', factory: load }) },
  { name: 'cache-manager 7, memory before Redis', get: () => manager.wrap('hot', load, 3_600_000) },
];
const rounds = new Map<string, number[]>(clients.map(({ name }) => [name, []]));
for (let round = -3; round < ROUNDS; round++) {
  for (const { name, get } of clients) {
    await get();
    const start = performance.now();
    for (let i = 0; i < CALLS; i++) await get();
    if (round >= 0) rounds.get(name)!.push(((performance.now() - start) * 1000) / CALLS);
  }
}
const own = rounds.get(clients[0]!.name)!;
printTable(
  ['getOrSet of one hot key', 'microseconds per call', 'times that of the herd'],
  clients.map(({ name }) => {
    const taken = rounds.get(name)!;
    const ratios = taken.map((each, i) => each / own[i]!);
    return [name, Number(percentile(taken, 50).toFixed(3)), Number(percentile(ratios, 50).toFixed(2))];
  }),
);
await Promise.all([herd.close(), bento.disconnectAll()]);
client.disconnect();
second.disconnect();
await server.stop();
