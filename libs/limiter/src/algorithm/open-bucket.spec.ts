import type {
  BucketLimit,
  ConcurrencyBucketLimit,
  QuotaBucketLimit,
  RateBucketLimit,
} from '../contracts/limiter-storage.js';
import type { BucketState, StoredQuota, StoredRate } from './bucket-state.js';
import { applyCosts, applyRequest, readingAt } from './leaky-bucket.js';

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
const NOW = 1_767_225_600_000_000;
/** Ten tokens of 0.1 s. */
const RATE: RateBucketLimit = { drainPerTick: 1, unitsPerToken: 100_000, capacity: 1_000_000, tickMicros: 1 };
const QUOTA: QuotaBucketLimit = {
  kind: 'quota',
  unitsPerToken: 1,
  capacity: 5,
  boundaries: [NOW - HOUR, NOW - 7, NOW + HOUR, NOW + 2 * HOUR],
};
const LEASES: ConcurrencyBucketLimit = { kind: 'concurrency', unitsPerToken: 1, capacity: 2, leaseMicros: 30 * SECOND };
const identity = ({ drainPerTick, unitsPerToken, tickMicros, capacity }: RateBucketLimit) => ({
  drainPerTick,
  unitsPerToken,
  tickMicros,
  capacity,
});
const storedRate = (over: Partial<StoredRate> = {}): StoredRate => ({
  kind: 'rate',
  ...identity(RATE),
  level: 0,
  blockedUntil: 0,
  seenAt: NOW,
  ...over,
});
const storedQuota = (over: Partial<StoredQuota> = {}): StoredQuota => ({
  kind: 'quota',
  startsAt: NOW - 7,
  endsAt: NOW + HOUR,
  capacity: 5,
  level: 0,
  blockedUntil: 0,
  seenAt: NOW,
  ...over,
});
const state = (over: Partial<BucketState> = {}): BucketState => ({ updatedAt: NOW, limits: [], leases: [], ...over });

describe('a bucket of all kinds', () => {
  const ALL: readonly BucketLimit[] = [RATE, QUOTA, LEASES];

  it('reads each limit, and is stored with what each release needs', () => {
    const { outcomes, next } = applyCosts(undefined, ALL, [2, 1, 1], NOW);
    expect(outcomes).toEqual([
      {
        allowed: true,
        levels: [200_000, 2, 1],
        waits: [0, HOUR, 30 * SECOND],
        blocks: [0, 0, 0],
        lease: NOW + 30 * SECOND,
      },
      {
        allowed: true,
        levels: [300_000, 3, 2],
        waits: [0, HOUR, 30 * SECOND],
        blocks: [0, 0, 0],
        lease: NOW + 30 * SECOND + 1,
      },
      { allowed: false, levels: [300_000, 3, 2], waits: [0, HOUR, 30 * SECOND], blocks: [0, 0, 0] },
    ]);
    expect(next).toEqual({
      updatedAt: NOW,
      limits: [storedRate({ level: 300_000 }), storedQuota({ level: 3 })],
      leases: [NOW + 30 * SECOND, NOW + 30 * SECOND + 1],
    });
  });

  it('waits for the first lease that is over, and for the period that is stored', () => {
    const stored = state({
      limits: [storedQuota({ startsAt: NOW - HOUR, endsAt: NOW - 7, level: 4 })],
      leases: [NOW + 9, NOW + 5],
    });
    // A clock that stepped back is in the period before.
    expect(readingAt(stored, ALL, NOW, NOW - 10)).toEqual({ levels: [0, 4, 2], waits: [0, 3, 5], blocks: [0, 0, 0] });
    expect(readingAt(stored, ALL, NOW)).toEqual({ levels: [0, 0, 2], waits: [0, HOUR, 5], blocks: [0, 0, 0] });
    expect(readingAt(undefined, [RATE, LEASES], NOW)).toEqual({ levels: [0, 0], waits: [0, 0], blocks: [0, 0] });
    expect(readingAt(undefined, [RATE], NOW)).toEqual({ levels: [0] });
  });

  it('ends a lease once, and writes nothing where there was none', () => {
    const stored = state({ leases: [NOW + 9, NOW + 5] });
    const end = (endLease: number) => applyRequest(stored, { limits: [LEASES], costs: [], endLease }, NOW);
    expect(end(NOW + 5).next).toEqual({ updatedAt: NOW, limits: [], leases: [NOW + 9] });
    expect(end(NOW + 6)).toEqual({ outcomes: [], next: undefined });
  });

  it('counts one call whatever it costs, and gives no lease to what comes back', () => {
    expect(applyCosts(undefined, [LEASES], [9], NOW).outcomes[0]).toMatchObject({ allowed: true, levels: [1] });
    const [back] = applyCosts(state({ leases: [NOW + 9] }), [LEASES], [-1], NOW).outcomes;
    expect(back).toEqual({ allowed: true, levels: [1], waits: [9], blocks: [0] });
  });

  it('settles what was used up to full, debt included, and takes nothing back that lies above', () => {
    const debt = { ...RATE, maxDebt: 150_000 };
    const settle = (limits: readonly BucketLimit[], cost: number, before = state()) =>
      applyRequest(before, { limits, costs: [cost], settle: true }, NOW).outcomes[0]!;
    expect(settle([debt], 11).levels).toEqual([1_100_000]);
    expect(settle([debt], 12).levels).toEqual([1_150_000]);
    expect(settle([RATE], 12).levels).toEqual([1_000_000]);
    expect(settle([QUOTA], 9)).toMatchObject({ allowed: true, levels: [5] });
    expect(settle([LEASES], 9)).toEqual({ allowed: true, levels: [0], waits: [0], blocks: [0] });
    expect(settle([RATE], 1, state({ limits: [storedRate({ level: 1_300_000 })] })).levels).toEqual([1_300_000]);
    expect(settle([QUOTA], 1, state({ limits: [storedQuota({ level: 7 })] })).levels).toEqual([7]);
    // What is given back by a settlement is given back as ever.
    expect(settle([RATE], -2, state({ limits: [storedRate({ level: 300_000 })] })).levels).toEqual([100_000]);
  });
});

describe('a limit that blocks', () => {
  const BLOCKING = { ...RATE, blockMicros: 60 * SECOND };
  const full = state({ limits: [storedRate({ level: 1_000_000 })] });

  it('blocks from its first refusal on, and writes that', () => {
    const { outcomes, next } = applyCosts(full, [BLOCKING], [1, 1], NOW);
    expect(outcomes).toEqual([
      { allowed: false, levels: [1_000_000], waits: [0], blocks: [60 * SECOND] },
      { allowed: false, levels: [1_000_000], waits: [0], blocks: [60 * SECOND] },
    ]);
    expect(next!.limits).toEqual([storedRate({ level: 1_000_000, blockedUntil: NOW + 60 * SECOND })]);
    // Later refusals change nothing.
    expect(applyCosts(next, [BLOCKING], [1], NOW + SECOND).next).toBeUndefined();
    expect(readingAt(next, [BLOCKING], NOW + 59 * SECOND).blocks).toEqual([SECOND]);
    expect(readingAt(next, [BLOCKING], NOW + 60 * SECOND).blocks).toEqual([0]);
  });

  it('blocks all, and alone those that have a block: a release without one does not', () => {
    const blocked = state({ limits: [storedRate({ blockedUntil: NOW + 1 })] });
    expect(applyCosts(blocked, [BLOCKING], [1], NOW).outcomes[0]!.allowed).toBe(false);
    expect(applyCosts(blocked, [BLOCKING], [1], NOW + 1).outcomes[0]!.allowed).toBe(true);
    const passed = applyCosts(blocked, [RATE], [1], NOW);
    expect(passed.outcomes[0]).toEqual({ allowed: true, levels: [100_000] });
    expect(passed.next!.limits).toEqual([storedRate({ level: 100_000, blockedUntil: NOW + 1 })]);
  });

  it('leaves alone the limits that had room, and those that have no block', () => {
    const limits = [BLOCKING, { ...QUOTA, blockMicros: SECOND }, { ...RATE, unitsPerToken: 500_000 }];
    const stored = state({ limits: [storedQuota({ level: 5 })] });
    const { outcomes } = applyCosts(stored, limits, [1], NOW);
    expect(outcomes[0]!.blocks).toEqual([0, SECOND, 0]);
    expect(applyCosts(stored, limits, [3], NOW).outcomes[0]!.blocks).toEqual([0, SECOND, 0]);
    expect(applyCosts(stored, limits, [11], NOW).outcomes[0]!.blocks).toEqual([60 * SECOND, SECOND, 0]);
  });
});

describe('what other releases count', () => {
  const other = storedRate({ unitsPerToken: 7, level: 20, capacity: 70, seenAt: NOW - 5 });
  const quota = storedQuota({ level: 2, seenAt: NOW - 5 });

  it('is charged and given back along, and stays after what is its own', () => {
    const stored = state({ limits: [other, quota] });
    const own = { ...RATE, capacity: 5_000_000 };
    const { next } = applyCosts(stored, [{ ...own }], [3], NOW);
    expect(next!.limits.slice(1)).toEqual([
      { ...other, level: 41 },
      { ...quota, level: 5 },
    ]);
    expect(next!.limits[0]).toMatchObject({ unitsPerToken: 100_000, seenAt: NOW });
    const back = applyCosts(stored, [own], [-1], NOW).next!;
    expect(back.limits.slice(1)).toEqual([
      { ...other, level: 13 },
      { ...quota, level: 1 },
    ]);
    const settled = applyRequest(stored, { limits: [own], costs: [1], settle: true }, NOW).next!;
    expect(settled.limits.slice(1)).toEqual([
      { ...other, level: 27 },
      { ...quota, level: 3 },
    ]);
    expect(
      applyCosts(stored, [own], [-9], NOW)
        .next!.limits.slice(1)
        .map(({ level }) => level),
    ).toEqual([0, 0]);
  });

  it('is what no limit of the request is: of two that are alike the first is its own', () => {
    const stored = state({ limits: [storedRate({ level: 100_000 }), other] });
    const { outcomes, next } = applyCosts(stored, [RATE], [1], NOW);
    expect(outcomes[0]!.levels).toEqual([200_000]);
    expect(next!.limits).toEqual([storedRate({ level: 200_000 }), { ...other, level: 27 }]);
  });

  it('keeps its time where the clock stands before it', () => {
    const { outcomes, next } = applyCosts(
      state({ limits: [storedRate({ level: 100_000 })] }),
      [RATE],
      [1],
      NOW - SECOND,
    );
    expect(outcomes[0]!.levels).toEqual([200_000]);
    expect(next).toMatchObject({ updatedAt: NOW, limits: [{ seenAt: NOW }] });
  });
});
