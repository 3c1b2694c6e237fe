/**
 * One of many processes that consume the same key at once: `flood.ts STORAGE ADDRESS KEY REQUESTS LIMIT`.
 * Sends `ready`, floods on `go`, and reports how many were admitted, refused and failed.
 */
import type { LimiterStorage } from '../../src/contracts/limiter-storage.js';
import { withCoalescing } from '../../src/service/coalescing-storage.js';
import { withLocalDenial } from '../../src/service/local-denial-storage.js';
import { openStorage } from './open-storage.js';

const TIMEOUT_MS = 20_000;

const [kind, address, key, requests, limit] = process.argv.slice(2) as [string, string, string, string, string];

const bare = await openStorage(kind, address, TIMEOUT_MS);
const layered = { bare, coalesced: withCoalescing(bare), layered: withCoalescing(withLocalDenial(bare)) };
/** One token in 100 days: none drains meanwhile. */
const limits = [
  { drainPerTick: 1, unitsPerToken: 8_640_000_000, capacity: Number(limit) * 8_640_000_000, tickMicros: 1000 as const },
];

process.on('message', (message: { go?: keyof typeof layered }) => {
  if (message.go !== undefined) void flood(layered[message.go], `${key}-${message.go}`);
});
await bare.read({ key, limits, timeoutMs: TIMEOUT_MS });
process.send!({ ready: true });

async function flood(storage: LimiterStorage, on: string): Promise<void> {
  const answers = await Promise.allSettled(
    Array.from(
      { length: Number(requests) },
      async () => (await storage.apply({ key: on, limits, costs: [1], timeoutMs: TIMEOUT_MS }))[0]!.allowed,
    ),
  );
  const count = (test: (answer: PromiseSettledResult<boolean>) => boolean) => answers.filter(test).length;
  process.send!({
    done: {
      admitted: count((answer) => answer.status === 'fulfilled' && answer.value),
      refused: count((answer) => answer.status === 'fulfilled' && !answer.value),
      failed: count((answer) => answer.status === 'rejected'),
    },
  });
}
