import fc from 'fast-check';
import type { BucketLimit, BucketState, CostRequest, RateBucketLimit, StoredLimit } from '@rookery/limiter';
import { isSame } from '../src/algorithm/bucket-state.js';

const MAX = Number.MAX_SAFE_INTEGER;
const HOUR = 3_600_000_000;

/** One decision of any kinds of limit on any state: what a storage in another language must decide as this one does. */
export interface Scenario {
  readonly before: BucketState | undefined;
  readonly request: CostRequest;
  readonly now: number;
}

const positive = fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: MAX }));
const blockMicros = fc.option(
  fc.integer({ min: 1, max: 4000 }).map((ms) => ms * 1000),
  { nil: undefined },
);
const block = blockMicros.map((micros) => (micros === undefined ? {} : { blockMicros: micros }));

const rate: fc.Arbitrary<BucketLimit> = fc
  .record({
    unitsPerToken: positive,
    tickMicros: fc.constantFrom(1 as const, 1000 as const),
    drain: fc.integer({ min: 1, max: 1_000_000 }),
    burst: fc.integer({ min: 1, max: 1_000_000 }),
    debt: fc.constantFrom(0, 0, 3),
    block,
  })
  .map(({ unitsPerToken, tickMicros, drain, burst, debt, block }) => {
    const capacity = Math.max(1, Math.min(burst, Math.floor(MAX / unitsPerToken))) * unitsPerToken;
    const maxDebt = Math.min(debt * unitsPerToken, MAX - capacity);
    return {
      drainPerTick: drain,
      unitsPerToken,
      capacity,
      tickMicros,
      ...(maxDebt === 0 ? {} : { maxDebt }),
      ...block,
    };
  });

/** Periods of one hour, so that the decision lies in any of the three that are given, or beside them. */
const quota = (now: number): fc.Arbitrary<BucketLimit> =>
  fc
    .record({ shift: fc.integer({ min: -3 * HOUR, max: 2 * HOUR }), capacity: fc.integer({ min: 1, max: 20 }), block })
    .map(({ shift, capacity, block }) => {
      const first = Math.max(1, now - HOUR + shift);
      return {
        kind: 'quota',
        unitsPerToken: 1,
        capacity,
        boundaries: [first, first + HOUR, first + 2 * HOUR, first + 3 * HOUR],
        ...block,
      };
    });

const concurrency: fc.Arbitrary<BucketLimit> = fc
  .record({ capacity: fc.integer({ min: 1, max: 5 }), leaseMs: fc.integer({ min: 1, max: 50 }) })
  .map(({ capacity, leaseMs }) => ({ kind: 'concurrency', unitsPerToken: 1, capacity, leaseMicros: leaseMs * 1000 }));

const level = fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: MAX }));

/** Stored by the same limit, or by another release's. */
const storedAs = (limit: BucketLimit, updatedAt: number): fc.Arbitrary<StoredLimit | undefined> =>
  fc
    .record({
      level: fc.oneof(fc.nat({ max: limit.capacity }), level),
      capacity: fc.constantFrom(limit.capacity, Math.ceil(limit.capacity / 2)),
      blockedFor: fc.constantFrom(0, 0, 5_000, 50_000_000),
      age: fc.constantFrom(0, 0, HOUR / 2, 2 * HOUR),
      period: fc.nat({ max: 2 }),
    })
    .map(({ level, capacity, blockedFor, age, period }) => {
      const common = {
        capacity,
        level,
        blockedUntil: blockedFor && updatedAt + blockedFor,
        seenAt: Math.max(0, updatedAt - age),
      };
      if (limit.kind === 'concurrency') return undefined;
      if (limit.kind === 'quota')
        return { kind: 'quota', startsAt: limit.boundaries[period]!, endsAt: limit.boundaries[period + 1]!, ...common };
      const { drainPerTick, unitsPerToken, tickMicros } = limit;
      return { kind: 'rate', drainPerTick, unitsPerToken, tickMicros, ...common };
    });

const costs = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.integer({ min: -5, max: 5 }).filter((cost) => cost !== 0),
        fc.integer({ min: 1, max: 1_000_000 }),
      ),
      fc.integer({ min: 1, max: 8 }),
    ),
    { maxLength: 6 },
  )
  .map((runs) => runs.flatMap(([cost, times]) => Array<number>(times).fill(cost)));

export const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    updatedAt: fc.integer({ min: 10 * HOUR, max: 2_000_000_000_000_000 }),
    /** Mostly near the last update, so that buckets are half drained. */
    elapsed: fc.oneof(fc.integer({ min: -1000, max: 10_000 }), fc.integer({ min: -HOUR, max: 2_000_000_000_000_000 })),
  })
  .chain(({ updatedAt, elapsed }) => {
    const now = updatedAt + elapsed;
    const plain = fc.array(fc.oneof(rate, quota(now)), { minLength: 1, maxLength: 3 });
    const limits = fc.oneof(
      fc.array(rate, { minLength: 1, maxLength: 3 }),
      plain,
      fc.tuple(plain, concurrency).map(([others, one]) => [...others, one]),
    );
    return fc.tuple(limits, plain).chain(([own, foreign]) =>
      fc
        .record({
          before: fc.option(
            fc
              .tuple(
                fc.tuple(...[...own, ...foreign].map((limit) => storedAs(limit, updatedAt))),
                fc.subarray([...own, ...foreign].map((_, index) => index)),
                fc.uniqueArray(fc.integer({ min: -60_000, max: 60_000 }), { maxLength: 4 }),
              )
              .map(([stored, kept, leases]): BucketState => ({
                updatedAt,
                limits: kept.map((index) => stored[index]).filter((each) => each !== undefined),
                leases: leases.map((offset) => updatedAt + offset),
              })),
            { nil: undefined },
          ),
          costs,
          settle: fc.constantFrom(undefined, undefined, true as const),
          ends: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
          now: fc.constant(now),
        })
        .map(({ before, costs, settle, ends, now }): Scenario => {
          const endLease = ends === undefined ? undefined : before?.leases[ends];
          return { before, now, request: { limits: own, costs, settle, endLease } };
        }),
    );
  });

/** Equal costs on one plain rate, for which storages have a way of their own, mostly on what it stored itself. */
export const charge: fc.Arbitrary<Scenario> = fc
  .record({
    scenario: scenario.filter(({ request: { limits } }) => isRate(limits[0]!)),
    cost: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1_000_000 })),
    times: fc.integer({ min: 1, max: 8 }),
    alone: fc.constantFrom(true, true, false),
  })
  .map(({ scenario: { before, request, now }, cost, times, alone }): Scenario => {
    const [{ drainPerTick, unitsPerToken, tickMicros, capacity }] = request.limits as readonly [RateBucketLimit];
    const limits = [{ drainPerTick, unitsPerToken, tickMicros, capacity }];
    const own = before?.limits.filter((stored) => isSame(stored, limits[0]!)) ?? [];
    const stored = before && alone ? { ...before, limits: own.slice(0, 1), leases: [] } : before;
    return { before: stored, now, request: { limits, costs: Array<number>(times).fill(cost) } };
  });

function isRate({ kind }: BucketLimit): boolean {
  return kind === undefined || kind === 'rate';
}
