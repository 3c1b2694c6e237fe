import fc from 'fast-check';
import type { BucketState } from '../algorithm/bucket-state.js';
import { applyCosts, levelsAt } from '../algorithm/leaky-bucket.js';
import type {
  AppliedCost,
  ApplyRequest,
  BucketReading,
  BucketLimit,
  LimiterStorage,
} from '../contracts/limiter-storage.js';
import { answerTo, promised } from '../support/apply-to.js';
import { withLocalDenial } from './local-denial-storage.js';

const LIMITS: readonly BucketLimit[] = [
  { drainPerTick: 1, unitsPerToken: 100_000, capacity: 1_000_000, tickMicros: 1 },
];

/** A storage on the far side of a wire, with a clock that is `offset` ahead. Each way lasts `latency`. */
class FarStorage implements LimiterStorage {
  readonly name = 'far';
  readonly capabilities = { serverClock: true, multiKeyAtomic: false };
  now = 0;
  asked = 0;
  state: BucketState | undefined;

  constructor(
    private readonly offset = 0,
    private readonly latency = 0,
  ) {}

  async apply({ limits, costs }: ApplyRequest): Promise<readonly AppliedCost[]> {
    this.asked++;
    this.now += this.latency;
    const { outcomes, next } = applyCosts(this.state, limits, costs, this.now + this.offset);
    this.state = next ?? this.state;
    this.now += this.latency;
    return Promise.resolve(outcomes);
  }
  read({ limits }: Pick<ApplyRequest, 'limits'>): BucketReading {
    return { levels: levelsAt(this.state, limits, this.now + this.offset) };
  }
  delete(): Promise<void> {
    this.state = undefined;
    return Promise.resolve();
  }
}

/** By a listener, where the storage answers one. */
const apply = async (storage: LimiterStorage, cost = 1, limits = LIMITS, key = 'k') => {
  const request = { key, limits, costs: [cost], timeoutMs: 50 };
  const answer =
    storage.applyTo === undefined
      ? storage.apply(request)
      : promised((listener) => storage.applyTo!(request, listener));
  return (await answer)[0]!;
};

const listening = (far: FarStorage): FarStorage => {
  const applyTo: LimiterStorage['applyTo'] = (request, listener) => answerTo(listener, () => far.apply(request));
  return Object.assign(far, { applyTo });
};

describe.each([
  ['a promise', (far: FarStorage) => far],
  ['a listener', listening],
])('local denial, which answers %s', (_, made) => {
  const open = (options = {}, far = new FarStorage()) => ({
    far,
    storage: withLocalDenial(made(far), { clock: () => far.now, ...options }),
  });

  it('calls once for a flood, and again when the next token may have drained', async () => {
    const { far, storage } = open();
    await apply(storage, 10);
    for (let attempt = 0; attempt < 50; attempt++) expect((await apply(storage)).allowed).toBe(false);
    expect(far.asked).toBe(1);
    far.now += 100_000;
    expect((await apply(storage)).allowed).toBe(true);
    expect(far.asked).toBe(2);
  });

  it('lets cheaper requests pass', async () => {
    const { storage } = open();
    await apply(storage, 8);
    expect((await apply(storage, 3)).allowed).toBe(false);
    expect((await apply(storage, 2)).allowed).toBe(true);
  });

  it('refuses no request that the storage would admit, whatever the clocks, and admits none that it would refuse', async () => {
    const step = fc.record({ wait: fc.integer({ min: 0, max: 300_000 }), cost: fc.integer({ min: 1, max: 8 }) });
    const limit = fc.record({
      drainPerTick: fc.integer({ min: 1, max: 50 }),
      unitsPerToken: fc.integer({ min: 1, max: 1_000_000 }),
      tickMicros: fc.constantFrom(1 as const, 1000 as const),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(limit, { minLength: 1, maxLength: 2 }),
        fc.integer({ min: 0, max: 999_999 }),
        fc.integer({ min: 0, max: 5000 }),
        fc.array(step, { maxLength: 40 }),
        async (drawn, offset, latency, steps) => {
          const limits = drawn.map((each): BucketLimit => ({ ...each, capacity: 8 * each.unitsPerToken }));
          const { far, storage } = open({ maxAgeMs: 10_000 }, new FarStorage(offset, latency));
          for (const { wait, cost } of steps) {
            far.now += wait;
            const asked = far.asked;
            const { allowed, levels } = await apply(storage, cost, limits);
            if (far.asked > asked) continue;
            expect(allowed).toBe(false);
            expect(applyCosts(far.state, limits, [cost], far.now + offset).outcomes[0]!.allowed).toBe(false);
            far.read({ limits }).levels.forEach((level, index) => expect(levels[index]).toBeGreaterThanOrEqual(level));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each<[string, (storage: LimiterStorage) => unknown]>([
    ['a delete', (storage) => storage.delete({ key: 'k', timeoutMs: 50 })],
    ['a refund', (storage) => apply(storage, -1)],
  ])('calls again after %s', async (_, change) => {
    const { storage } = open();
    await apply(storage, 10);
    await change(storage);
    expect((await apply(storage)).allowed).toBe(true);
  });

  it('does not learn from an answer that is older than a delete', async () => {
    const { far, storage } = open();
    const before = apply(storage, 10);
    await storage.delete({ key: 'k', timeoutMs: 50 });
    await before;
    far.state = undefined;
    expect((await apply(storage)).allowed).toBe(true);
  });

  it('calls again when the answer is old, or the policy another', async () => {
    const slow = [{ ...LIMITS[0]!, unitsPerToken: 100_000_000, capacity: 1_000_000_000 }];
    const { far, storage } = open({ maxAgeMs: 1000 });
    await apply(storage, 10, slow);
    far.now += 1_000_000;
    await apply(storage, 1, slow);
    expect(far.asked).toBe(1);
    far.now += 1;
    await apply(storage, 1, slow);
    expect(far.asked).toBe(2);
    await apply(storage, 1, [{ ...slow[0]!, capacity: 2_000_000_000 }]);
    expect(far.asked).toBe(3);
  });

  it('remembers no more keys than it may', async () => {
    const { far, storage } = open({ maxKeys: 2 });
    for (const key of ['a', 'b', 'c', 'b', 'a']) {
      far.state = undefined;
      await apply(storage, 10, LIMITS, key);
    }
    expect(far.asked).toBe(4);
  });

  it('keeps its places for the keys that are nearly used up', async () => {
    const { far, storage } = open({ maxKeys: 1 });
    await apply(storage, 10);
    const wide = [{ ...LIMITS[0]!, capacity: 100_000_000 }];
    for (const key of ['a', 'b', 'c']) await apply(storage, 1, wide, key);
    far.asked = 0;
    expect((await apply(storage)).allowed).toBe(false);
    expect(far.asked).toBe(0);
  });

  it('believes no older answer once there is room again', async () => {
    const { far, storage } = open();
    const wide = [{ ...LIMITS[0]!, capacity: 100_000_000 }];
    await apply(storage, 990, wide);
    far.state = undefined;
    far.now += 1;
    expect((await apply(storage, 1, wide)).allowed).toBe(true);
    expect((await apply(storage, 900, wide)).allowed).toBe(true);
  });

  describe('of several buckets', () => {
    const WIDE: readonly BucketLimit[] = [{ ...LIMITS[0]!, capacity: 100_000_000 }];
    const openSeveral = () => {
      const asked: (readonly ApplyRequest[])[] = [];
      const states = new Map<string, BucketState>();
      const far = Object.assign(new FarStorage(), {
        applyAll: (requests: readonly ApplyRequest[]) => {
          asked.push(requests);
          const decided = requests.map(({ key, limits, costs }) => applyCosts(states.get(key), limits, costs, far.now));
          const refusedAt = decided.findIndex(({ next }) => next === undefined);
          if (refusedAt < 0) requests.forEach(({ key }, index) => states.set(key, decided[index]!.next!));
          const levels = (index: number) =>
            levelsAt(states.get(requests[index]!.key), requests[index]!.limits, far.now);
          return Promise.resolve(
            decided
              .slice(0, refusedAt < 0 ? undefined : refusedAt + 1)
              .map(({ outcomes }, index) => ({ allowed: outcomes[0]!.allowed, levels: levels(index) })),
          );
        },
      });
      const storage = withLocalDenial(far, { clock: () => far.now });
      const both = async (wide: number, narrow: number) =>
        (
          await storage.applyAll!(
            [['wide', wide, WIDE] as const, ['narrow', narrow, LIMITS] as const].map(([key, cost, limits]) => ({
              key,
              limits,
              costs: [cost],
              timeoutMs: 50,
            })),
          )
        ).map((outcome) => outcome.allowed);
      return { far, asked, storage, both };
    };

    it('calls once for a flood that one of them refuses, and again when it may pass', async () => {
      const { far, asked, both } = openSeveral();
      expect(await both(1, 10)).toEqual([true, true]);
      for (let attempt = 0; attempt < 50; attempt++) expect(await both(1, 1)).toEqual([true, false]);
      // Where there was room for both, only the narrow one was remembered: the first refusal comes from the storage.
      expect(asked).toHaveLength(2);
      far.now += 100_000;
      expect(await both(1, 1)).toEqual([true, true]);
      expect(asked).toHaveLength(3);
    });

    it('calls where of the ones before it nothing is known', async () => {
      const { asked, storage, both } = openSeveral();
      await both(1, 10);
      await both(1, 1);
      await storage.delete({ key: 'wide', timeoutMs: 50 });
      expect(await both(1, 1)).toEqual([true, false]);
      expect(asked).toHaveLength(3);
    });

    it('calls again after tokens came back', async () => {
      const { both } = openSeveral();
      await both(1, 10);
      expect(await both(1, -1)).toEqual([true, true]);
      expect(await both(1, 1)).toEqual([true, true]);
    });
  });
});
