/**
 * The memory storage with a million buckets: decisions per second, bytes per bucket, and what is left once they are empty.
 *
 *     npm run bench -- limiter million-keys
 */
import { memoryStorage, resolvePolicy } from '@rookery/limiter';

import { printTable } from '../herd/table.js';

const KEYS = 1_000_000;
const { limits } = resolvePolicy('api', { limit: 100, per: '1m' });
/** Flat, as the limiter makes them. */
const key = (i: number): string => ['rl', 'api', String(i).padStart(22, '0')].join(':');
/** Buckets are numbers outside of the heap; their keys lie in it. */
const memoryMb = (): number => {
  globalThis.gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1024 / 1024;
};

let now = 0;
const storage = memoryStorage({ clock: () => now, maxKeys: KEYS });
/** Each pass has new strings, whose hashes are not computed yet, as those of a request; making them is no work of the storage. */
const pass = (): number => {
  const keys = Array.from({ length: KEYS }, (_, i) => key(i));
  globalThis.gc!();
  const startedAt = performance.now();
  for (const each of keys) storage.apply({ key: each, limits, costs: [1], timeoutMs: 50 });
  return KEYS / ((performance.now() - startedAt) / 1000);
};

const emptyMb = memoryMb();
const inserted = pass();
const fullMb = memoryMb();
const rates = Array.from({ length: 5 }, pass).sort((a, b) => a - b);

now += 3_600_000_000;
const deadline = performance.now() + 120_000;
while (storage.stats.keys > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
const afterMb = memoryMb();

printTable(
  ['memory storage, 1,000,000 keys', 'measured'],
  [
    ['decisions/s, new keys', Math.round(inserted).toLocaleString('en')],
    ['decisions/s, known keys (median of 5)', Math.round(rates[2]!).toLocaleString('en')],
    ['bytes per key, the key itself included', Math.round(((fullMb - emptyMb) * 1024 * 1024) / KEYS)],
    ['memory before, full and after expiry, MB', `${emptyMb.toFixed(1)}, ${fullMb.toFixed(1)}, ${afterMb.toFixed(1)}`],
  ],
);
storage.close();
