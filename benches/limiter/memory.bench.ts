/**
 * Decisions per second in memory beside rate-limiter-flexible, in one interleaved run: on one key, 10,000 and 100,000 in
 * turn, under policies whose buckets drain at once, in a second, and in an hour after a token.
 *
 *     npm run bench -- limiter memory
 */
import { RateLimiterMemory } from 'rate-limiter-flexible';

import { Limiter, memoryStorage, type LimitOptions } from '@rookery/limiter';

import { printTable } from '../herd/table.js';
import { interleaved, type Contender } from './interleaved.js';

const ROUNDS = 7;
const CONCURRENCY = 1;
/** More than any run consumes: all pass. */
const BURST = 1_000_000_000;
const KEYS = [1, 10_000, 100_000];
const POLICIES: Readonly<Record<string, LimitOptions>> = {
  'at once': { limit: BURST, per: '1s' },
  'in a second': { limit: 1, per: '1s', burst: BURST },
  'in an hour': { limit: 1, per: '1h', burst: BURST },
};

/** Held by `keys` buckets, each with its key, beside the same table without them. */
const bytesPerKey = async (policy: LimitOptions, keys: number): Promise<string> => {
  const limiter = new Limiter({ storage: memoryStorage({ clock: () => 0 }), policies: { api: policy } });
  await limiter.consume('api', 'first');
  const before = heldBytes();
  for (let i = 0; i < keys; i++) await limiter.consume('api', `key-${i}`);
  const bytes = (heldBytes() - before) / keys;
  await limiter.consume('api', 'first');
  return Math.round(bytes).toLocaleString('en');
};

/** Buckets are numbers outside of the heap; their keys lie in it. */
function heldBytes(): number {
  globalThis.gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const contenders = (policy: LimitOptions, keys: number): readonly Contender[] => {
  const limiter = new Limiter({ storage: memoryStorage(), policies: { api: policy } });
  const peer = new RateLimiterMemory({ points: BURST, duration: policy.per === '1h' ? 3600 : 1, keyPrefix: 'api' });
  return [
    { name: 'rookery', decide: (i) => limiter.consume('api', `key-${i % keys}`) },
    { name: 'rate-limiter-flexible', decide: (i) => peer.consume(`key-${i % keys}`) },
  ];
};

const rows: string[][] = [];
for (const [drains, policy] of Object.entries(POLICIES)) {
  for (const keys of KEYS) {
    const rates = await interleaved(contenders(policy, keys), ROUNDS, CONCURRENCY);
    const [ours, theirs] = ['rookery', 'rate-limiter-flexible'].map((name) => rates.get(name)!) as [number, number];
    const shown = [ours, theirs].map((rate) => Math.round(rate).toLocaleString('en'));
    const bytes = keys === 1 ? '' : await bytesPerKey(policy, keys);
    rows.push([drains, keys.toLocaleString('en'), ...shown, (ours / theirs).toFixed(2), bytes]);
  }
}
console.log(`Decisions per second in memory, median of ${ROUNDS} interleaved rounds.\n`);
printTable(['a token drains', 'keys', 'rookery', 'rate-limiter-flexible', 'ratio', 'bytes a key'], rows);
process.exit(); // The peer's timers would keep the process.
