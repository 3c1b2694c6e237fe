import { describeWith } from '@rookery/services';
import { memoryStorage, withCoalescing, withLocalDenial, type Clock, type LimiterStorage } from '@rookery/limiter';
import { memcachedStorage } from '@rookery/limiter/memcached';
import { redisStorage } from '@rookery/limiter/redis';
import { storageContract } from '@rookery/limiter/testing';
import { CompareAndSetStorage } from './broken-storages.js';
import { clockedRedis } from './clocked-redis.js';
import { connectMemcached } from './memcached-client.js';
import { connectRedis } from './redis-client.js';

/** More than any case moves its clock back: the storage would heal it. */
const MAX_SKEW_MS = 7_200_000;

const LAYERS: Readonly<Record<string, (storage: LimiterStorage, clock: Clock) => LimiterStorage>> = {
  coalesced: (storage) => withCoalescing(storage),
  'with local denial': (storage, clock) => withLocalDenial(storage, { clock }),
  'coalesced, with local denial': (storage, clock) => withCoalescing(withLocalDenial(storage, { clock })),
};

/** Alone by several handles on the same buckets, then under each layer. */
function contract(name: string, open: (clock: Clock) => LimiterStorage): void {
  describe(`storage contract: ${name}`, () => {
    describe('by three handles', () => {
      for (const { name, run } of storageContract({ open: (clock) => [open(clock), open(clock), open(clock)] }))
        it(name, run, 90_000);
    });
    describe.each(Object.entries(LAYERS))('%s', (_, layer) => {
      for (const { name, run } of storageContract({ open: (clock) => [layer(open(clock), clock)] }))
        it(name, run, 90_000);
    });
  });
}

describe.each(Object.entries(LAYERS))('storage contract: memory, %s', (_, layer) => {
  for (const { name, run } of storageContract({ open: (clock) => [layer(memoryStorage({ clock }), clock)] }))
    it(name, run);
});

describe.each(Object.entries(LAYERS))('storage contract: a compare-and-set storage, %s', (_, layer) => {
  for (const { name, run } of storageContract({ open: (clock) => [layer(new CompareAndSetStorage(clock), clock)] }))
    it(name, run);
});

describeWith('memcached', 'memcached', (servers) => {
  const { client, close } = connectMemcached(servers.split(',')[0]!, 5000);
  afterAll(close);
  contract('memcached', (clock) => memcachedStorage(client, { clock, maxSkewMs: MAX_SKEW_MS }));
});

describeWith('redis', 'Redis', (address) => {
  const redis = connectRedis(address, 5000);
  afterAll(() => redis.disconnect());
  contract('Redis', (clock) => redisStorage(clockedRedis(redis, clock), { maxSkewMs: MAX_SKEW_MS }));
});
