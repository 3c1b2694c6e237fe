import { setTimeout as pause } from 'node:timers/promises';

import type { Herd } from '@rookery/herd';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { Redis } from 'ioredis';

import type { Setting } from './messages.js';

/** What is proved: counters under keys. Writes resolve with whether they were surely carried out. */
export interface Subject {
  write(key: string, count: number): Promise<boolean>;
  read(keys: readonly string[]): Promise<ReadonlyMap<string, number>>;
  close(): void;
}

type Counter = { count: number };

/** Redis as it answers a cache: at once, or not. */
export const impatient = { maxRetriesPerRequest: 0, enableOfflineQueue: false, commandTimeout: 2000 } as const;

export function subjectOf(herd: Herd<MemcachedCommands>, { tier, database, memoryTtlMs }: Setting): Subject {
  if (tier === 'none') return direct(herd);
  const cache = herd.namespace('proof', { memory: { ttl: memoryTtlMs }, beta: 1, waitMs: 200 });
  if (tier === 'memory')
    return {
      write: (key, count) => (count % 7 === 0 ? cache.delete(key) : cache.set(key, { count }, { ttl: '10m' })),
      read: async (keys) => counts(await cache.getMany<Counter>(keys)),
      close: () => undefined,
    };
  const source = new Redis({ ...database!, lazyConnect: false });
  const load = (key: string) => async (): Promise<Counter> => {
    const count = Number(await source.get(key));
    // So that what is being loaded is changed meanwhile.
    await pause(Math.random() * 30);
    return { count };
  };
  return {
    async write(key, count) {
      await source.set(key, count);
      return count % 3 === 0 ? cache.deleteTags([`of-${key}`]) : cache.delete(key);
    },
    read: async (keys) =>
      counts(
        new Map(
          await Promise.all(
            keys.map(
              async (key) => [key, await cache.getOrSet(key, '10m', load(key), { tags: [`of-${key}`] })] as const,
            ),
          ),
        ),
      ),
    close: () => source.disconnect(),
  };
}

const direct = (herd: Herd<MemcachedCommands>): Subject => ({
  write: (key, count) => (count % 7 === 0 ? herd.delete(key) : herd.set(key, count)),
  async read(keys) {
    const [only] = keys;
    if (keys.length > 1) return herd.getMany<number>(keys);
    const count = await herd.get<number>(only!);
    return count === undefined ? new Map() : new Map([[only!, count]]);
  },
  close: () => undefined,
});

/** Each reader tries to poison what others are given. */
function counts(found: ReadonlyMap<string, Counter>): ReadonlyMap<string, number> {
  return new Map(
    [...found].map(([key, counter]) => {
      const { count } = counter;
      try {
        counter.count = 1e9;
      } catch {
        // It is frozen.
      }
      return [key, count];
    }),
  );
}
