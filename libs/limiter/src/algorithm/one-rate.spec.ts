import fc from 'fast-check';
import type { BucketLimit, RateBucketLimit } from '../contracts/limiter-storage.js';
import { applyRequest, type CostRequest } from './leaky-bucket.js';
import { isOneRate, oneRateOutcomes } from './one-rate.js';

const rate: RateBucketLimit = { drainPerTick: 1, unitsPerToken: 10, capacity: 50, tickMicros: 1 };
const quota: BucketLimit = { kind: 'quota', unitsPerToken: 1, capacity: 5, boundaries: [0, 1, 2, 3] };
const leases: BucketLimit = { kind: 'concurrency', unitsPerToken: 1, capacity: 5, leaseMicros: 1 };

describe('one rate', () => {
  it.each<[string, boolean, Partial<CostRequest>]>([
    ['one cost', true, {}],
    ['equal costs', true, { costs: [2, 2, 2] }],
    ['a rate that says its kind', true, { limits: [{ ...rate, kind: 'rate' }] }],
    ['what says that it settles nothing', true, { settle: false }],
    ['no cost', false, { costs: [] }],
    ['unequal costs', false, { costs: [2, 2, 1] }],
    ['no limit', false, { limits: [] }],
    ['two rates', false, { limits: [rate, rate] }],
    ['a rate that blocks', false, { limits: [{ ...rate, blockMicros: 1 }] }],
    ['a quota', false, { limits: [quota] }],
    ['calls at once', false, { limits: [leases] }],
    ['what settles', false, { settle: true }],
    ['the end of a lease', false, { endLease: 0 }],
  ])('is %s: %p', (_, expected, over) => {
    expect(isOneRate({ limits: [rate], costs: [1], ...over })).toBe(expected);
  });

  it('follows from the level before as from the bucket itself', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -3, max: 6 }).filter((cost) => cost !== 0),
        fc.integer({ min: 1, max: 8 }),
        fc.nat({ max: 200 }),
        (cost, times, level) => {
          const request = { limits: [rate], costs: Array<number>(times).fill(cost) };
          const stored = { ...rate, kind: 'rate' as const, level, blockedUntil: 0, seenAt: 0 };
          const { outcomes } = applyRequest({ updatedAt: 0, limits: [stored], leases: [] }, request, 0);
          expect(oneRateOutcomes(request, level)).toEqual(outcomes);
        },
      ),
    );
  });
});
