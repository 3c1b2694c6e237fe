import fc from 'fast-check';
import type { PolicyOptions } from '../contracts/policy.js';
import type { LimiterStorage } from '../contracts/limiter-storage.js';
import { memoryStorage } from '../storage/memory.storage.js';
import { Limiter } from './limiter.js';

/** The same buckets behind the contract alone, so that the limiter cannot see that they lie in this process. */
function behindContract(storage: LimiterStorage): LimiterStorage {
  const { name, capabilities } = storage;
  return {
    name,
    capabilities,
    apply: (request) => storage.apply(request),
    read: (request) => storage.read(request),
    delete: (request) => storage.delete(request),
  };
}

const rate = fc.record({
  limit: fc.integer({ min: 1, max: 20 }),
  per: fc.constantFrom('1ms', '7ms', '1s', '1h', '300d'),
  burst: fc.integer({ min: 1, max: 20 }),
});
const policy: fc.Arbitrary<PolicyOptions> = fc.oneof(
  { weight: 4, arbitrary: rate },
  { weight: 1, arbitrary: rate.map((each) => ({ ...each, blockFor: '3ms' as const })) },
  { weight: 1, arbitrary: rate.map((each) => ({ ...each, mode: 'shadow' as const })) },
  {
    weight: 1,
    arbitrary: rate.map((each) => ({
      limits: [
        { ...each, name: 'a' },
        { limit: 3, per: '2s' as const, name: 'b' },
      ],
    })),
  },
  { weight: 1, arbitrary: fc.constant({ quota: 5, every: 'hour' as const }) },
);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('consume' as const),
      policy: fc.constantFrom('a', 'b'),
      key: fc.constantFrom('k', 'l', 'x'.repeat(200)),
      cost: fc.integer({ min: 1, max: 4 }),
      // Sometimes backwards.
      passedMicros: fc.oneof(fc.integer({ min: -2000, max: 9000 }), fc.integer({ min: 0, max: 4_000_000_000 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('set' as const), policy: fc.constantFrom('a', 'b'), to: policy }),
  },
);

it('decides in memory by the short way as by the contract', async () => {
  await fc.assert(
    fc.asyncProperty(policy, policy, fc.array(step, { minLength: 1, maxLength: 25 }), async (a, b, steps) => {
      let now = 1_700_000_000_000_000;
      const [short, long] = [memoryStorage({ clock: () => now }), memoryStorage({ clock: () => now })];
      const options = { policies: { a, b }, clock: () => now, coalesce: false, localDenialMaxAgeMs: 0 };
      const limiters = [
        new Limiter({ ...options, storage: short }),
        new Limiter({ ...options, storage: behindContract(long) }),
      ] as const;
      for (const each of steps) {
        if (each.kind === 'set') {
          for (const limiter of limiters) await limiter.policies.set(each.policy, each.to);
          continue;
        }
        now += each.passedMicros;
        const { maxCost } = limiters[0].policy(each.policy);
        const cost = Math.min(each.cost, maxCost);
        const [decided, expected] = await Promise.all(
          limiters.map((limiter) => limiter.consume(each.policy, each.key, { cost })),
        );
        expect(decided).toEqual(expected);
        expect(short.stats).toEqual(long.stats);
      }
      short.close();
      long.close();
    }),
    { numRuns: 300 },
  );
});
