/** A worker that runs the storage contract against the buckets of its primary, and reports what each check came to. */
import { clusterStorage } from '../../src/adapters/cluster/index.js';
import { memoryStorage } from '../../src/storage/memory.storage.js';
import type { Clock } from '../../src/contracts/clock.js';
import type { LimiterStorage } from '../../src/contracts/limiter-storage.js';
import { withCoalescing } from '../../src/service/coalescing-storage.js';
import { withLocalDenial } from '../../src/service/local-denial-storage.js';
import { storageContract } from '../../src/testing/index.js';

/** Messages keep their order: the primary has the time before it has the question. */
function openAt(clock: Clock): LimiterStorage {
  const storage = clusterStorage(memoryStorage());
  const atTime =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      process.send!({ now: clock() });
      return call(...args);
    };
  const { name, capabilities } = storage;
  return {
    name,
    capabilities,
    apply: atTime((request) => storage.apply(request)),
    read: atTime((request) => storage.read(request)),
    delete: atTime((request) => storage.delete(request)),
    close: () => storage.close?.(),
  };
}

const HARNESSES = {
  'by two handles': (clock: Clock) => [openAt(clock), openAt(clock)],
  'coalesced, with local denial': (clock: Clock) => [withCoalescing(withLocalDenial(openAt(clock), { clock }))],
};

const results: { name: string; failure: string | undefined }[] = [];
for (const [layer, open] of Object.entries(HARNESSES)) {
  for (const { name, run } of storageContract({ open })) {
    const failure = await run().then(
      () => undefined,
      (error: Error) => error.message,
    );
    results.push({ name: `${layer}: ${name}`, failure });
  }
}
process.send!({ results });
