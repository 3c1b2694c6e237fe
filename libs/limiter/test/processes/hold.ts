/** Holds every lease of a policy, reports since when, and never releases one: `hold.ts STORAGE ADDRESS PREFIX POLICY`. */
import type { ConcurrencyOptions } from '../../src/contracts/policy.js';
import { Limiter } from '../../src/service/limiter.js';
import { openStorage } from './open-storage.js';

const TIMEOUT_MS = 20_000;
const [kind, address, prefix, policy] = process.argv.slice(2) as [string, string, string, string];
const held = JSON.parse(policy) as ConcurrencyOptions;
const limiter = new Limiter({
  storage: await openStorage(kind, address, TIMEOUT_MS),
  policies: { held },
  prefix,
  timeoutMs: TIMEOUT_MS,
  onStorageError: 'closed',
});

const heldAt = Number(process.hrtime.bigint()) / 1e6;
let count = 0;
while (count < held.concurrency && (await limiter.reserve('held', 'key')).decision.allowed) count++;
process.send!({ heldAt, count });
setInterval(() => undefined, 60_000);
