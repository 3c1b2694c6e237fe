import fc from 'fast-check';
import { compare, fraction } from '../testing/fraction.js';
import { ReferenceBucket } from '../testing/reference-bucket.js';
import type { TestLimit } from '../testing/test-limit.js';
import { emptyAt, type BucketState } from './bucket-state.js';
import { applyCosts, levelsAt } from './leaky-bucket.js';
import { resolvePolicy } from './policy.js';

const T0 = 1_767_225_600_000_000;
const limitsOf = (...limits: TestLimit[]) =>
  resolvePolicy('p', {
    limits: limits.map(({ limit, windowMs, burst }, index) => ({ limit, burst, per: windowMs, name: `l${index}` })),
  }).limits;

describe('leaky bucket', () => {
  it('admits exactly the limit at one instant when the limit does not divide the window', () => {
    const { outcomes } = applyCosts(
      undefined,
      limitsOf({ limit: 7, windowMs: 1000, burst: 7 }),
      Array<number>(20).fill(1),
      T0,
    );
    expect(outcomes.filter((outcome) => outcome.allowed)).toHaveLength(7);
  });

  it('has nothing to store when nothing was admitted', () => {
    const limits = limitsOf({ limit: 1, windowMs: 1000, burst: 1 });
    const { next } = applyCosts(undefined, limits, [1], T0);
    expect(applyCosts(next, limits, [1, 1], T0 + 10).next).toBeUndefined();
  });

  it('drains with the clock it is given, never backwards', () => {
    const limits = limitsOf({ limit: 10, windowMs: 1000, burst: 10 });
    const { next } = applyCosts(undefined, limits, [10], T0);
    expect(levelsAt(next, limits, T0 - 3_600_000_000)).toEqual([1_000_000]);
    expect(levelsAt(next, limits, T0 + 1)).toEqual([999_999]);
    expect(applyCosts(levelsState(next!, 5), limits, [1], T0 - 500).next?.updatedAt).toBe(T0);
  });

  const anyLimit = fc.record({
    limit: fc.integer({ min: 1, max: 1000 }),
    windowMs: fc.integer({ min: 1, max: 100_000 }),
    burst: fc.integer({ min: 1, max: 1000 }),
  });
  const anyStep = fc.record({
    elapsed: fc.oneof(fc.integer({ min: 0, max: 2_000_000 }), fc.integer({ min: -5_000_000, max: 0 })),
    cost: fc.integer({ min: 1, max: 1000 }),
  });

  it('decides as exact rationals do, and holds the same number of tokens', () => {
    fc.assert(
      fc.property(
        fc.array(anyLimit, { minLength: 1, maxLength: 3 }),
        fc.array(anyStep, { maxLength: 60 }),
        (testLimits, steps) => {
          const limits = limitsOf(...testLimits);
          const reference = new ReferenceBucket(testLimits);
          let state: BucketState | undefined;
          let now = T0;
          for (const { elapsed, cost } of steps) {
            now += elapsed;
            const { outcomes, next } = applyCosts(state, limits, [cost], now);
            state = next ?? state;
            expect(outcomes[0]!.allowed).toBe(reference.consume(cost, now));
            reference.tokensAt(now).forEach((tokens, index) => {
              expect(compare(tokens, fraction(outcomes[0]!.levels[index]!, limits[index]!.unitsPerToken))).toBe(0n);
            });
          }
        },
      ),
    );
  });

  it('is exact at capacities just below 2^53', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.nat({ max: 2 ** 40 }), (limit, elapsed) => {
        const windowMs = 86_400_000;
        const burst = Math.floor((Number.MAX_SAFE_INTEGER / (windowMs * 1000)) * 0.99);
        const limits = limitsOf({ limit, windowMs, burst });
        const reference = new ReferenceBucket([{ limit, windowMs, burst }]);
        const { next } = applyCosts(undefined, limits, [burst], T0);
        reference.consume(burst, T0);
        expect(
          compare(
            reference.tokensAt(T0 + elapsed)[0]!,
            fraction(levelsAt(next, limits, T0 + elapsed)[0]!, limits[0]!.unitsPerToken),
          ),
        ).toBe(0n);
      }),
    );
  });

  it('is empty exactly at the moment it says', () => {
    fc.assert(
      fc.property(
        fc.array(anyLimit, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(1, 1000),
        fc.nat({ max: 5000 }),
        (testLimits, tickMicros, offset) => {
          const limits = limitsOf(...testLimits).filter(
            (limit) => tickMicros === 1 || (limit.kind === 'rate' && limit.tickMicros === 1),
          );
          const { next } = applyCosts(undefined, limits, [1], T0 + offset);
          const moment = emptyAt(next!);
          expect(levelsAt(next, limits, moment)).toEqual(limits.map(() => 0));
          expect(levelsAt(next, limits, moment - 1)).not.toEqual(limits.map(() => 0));
        },
      ),
    );
  });

  it('counts milliseconds from their edge, not from the request', () => {
    const limits = [{ drainPerTick: 1, unitsPerToken: 10, capacity: 10, tickMicros: 1000 as const }];
    const { next } = applyCosts(undefined, limits, [1], T0 + 999);
    expect(emptyAt(next!)).toBe(T0 + 10_000);
    expect(levelsAt(next, limits, T0 + 9_999)).toEqual([1]);
    expect(levelsAt(next, limits, T0 + 10_000)).toEqual([0]);
  });

  describe('when the policy changes', () => {
    it('hands out nothing and withholds at most one unit', () => {
      fc.assert(
        fc.property(anyLimit, anyLimit, fc.integer({ min: 1, max: 1000 }), (before, after, cost) => {
          const [old] = limitsOf({ ...before, burst: 1000 });
          const [changed] = limitsOf({ ...after, burst: 1000 });
          const { next } = applyCosts(undefined, [old!], [cost], T0);
          const exact = fraction(BigInt(next!.limits[0]!.level) * BigInt(changed!.unitsPerToken), old!.unitsPerToken);
          const [level] = levelsAt(next, [changed!], T0);
          expect(compare(fraction(level!), exact) >= 0n).toBe(true);
          expect(compare(fraction(level! - 1), exact) < 0n).toBe(true);
        }),
      );
    });

    it('keeps what is above a bucket that has become smaller', () => {
      const { next } = applyCosts(undefined, limitsOf({ limit: 100, windowMs: 1000, burst: 100 }), [80], T0);
      const [lower] = limitsOf({ limit: 10, windowMs: 1000, burst: 10 });
      expect(levelsAt(next, [lower!], T0)).toEqual([80 * lower!.unitsPerToken]);
    });

    it('gives a slower limit no more room than there was', () => {
      const { next } = applyCosts(undefined, limitsOf({ limit: 10, windowMs: 1000, burst: 10 }), [4], T0);
      const [slower] = limitsOf({ limit: 100, windowMs: 60_000, burst: 100 });
      expect(levelsAt(next, [slower!], T0)).toEqual([94 * slower!.unitsPerToken]);
    });

    it('starts a limit that is added empty', () => {
      const [first, second] = limitsOf(
        { limit: 10, windowMs: 1000, burst: 10 },
        { limit: 100, windowMs: 60_000, burst: 100 },
      );
      const { next } = applyCosts(undefined, [first!], [10], T0);
      expect(levelsAt(next, [first!, second!], T0)).toEqual([first!.capacity, 0]);
    });
  });
});

function levelsState(state: BucketState, level: number): BucketState {
  return { ...state, limits: [{ ...state.limits[0]!, level }] };
}
