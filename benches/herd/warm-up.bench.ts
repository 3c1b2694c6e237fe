/**
 * A herd of ten memcached servers grows to eleven under reads of 20,000 keys: how many of them are missed and loaded from their
 * source, with and without `warmUpFor`, and what a read takes meanwhile.
 *
 *     npm run bench -- herd warm-up
 */
import { callbackNodes, startHerd } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { startMemcached } from '@rookery/services';

import { percentile } from './percentile.js';
import { printTable } from './table.js';

const keys = Array.from({ length: 20_000 }, (_, i) => `user:${i}:profile`);
const lanes = 32;

async function grow(warmUpFor: number | string): Promise<(string | number)[]> {
  const servers = await Promise.all(Array.from({ length: 11 }, () => startMemcached()));
  let count = 10;
  const herd = await startHerd({
    discovery: callbackNodes(() => servers.slice(0, count).map(({ address }) => address)),
    driver: memcached({ defaultTtl: '1h' }),
    refresh: '1h',
    timeoutMs: 10_000,
    warmUpFor: warmUpFor as '1m',
  });
  for (let i = 0; i < keys.length; i += 500)
    await Promise.all(keys.slice(i, i + 500).map((key) => herd.set(key, { key, text: 'x'.repeat(100) })));
  const owners = new Map(keys.map((key) => [key, herd.nodeFor(key)!.id]));
  count = 11;
  await herd.refresh();
  const moved = keys.filter((key) => herd.nodeFor(key)!.id !== owners.get(key)).length;
  const times: number[] = [];
  let misses = 0;
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let i = lane; i < keys.length; i += lanes) {
        const start = performance.now();
        const value = await herd.get(keys[i]!);
        times.push(performance.now() - start);
        if (value !== undefined) continue;
        misses += 1;
        await herd.set(keys[i]!, 'loaded');
      }
    }),
  );
  await herd.close();
  await Promise.all(servers.map((server) => server.stop()));
  const at = (percent: number): number => percentile(times, percent);
  return [warmUpFor === 0 ? 'none' : warmUpFor, keys.length, moved, misses, at(50), at(99)];
}

printTable(['warmUpFor', 'keys', 'moved', 'missed', 'p50 ms', 'p99 ms'], [await grow(0), await grow('1m')]);
