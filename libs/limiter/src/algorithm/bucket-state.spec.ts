import fc from 'fast-check';
import type { BucketLimit, QuotaBucketLimit, RateBucketLimit } from '../contracts/limiter-storage.js';
import {
  currentPeriod,
  drain,
  emptyAt,
  emptyMoment,
  healed,
  isSame,
  remembered,
  settled,
  type StoredLimit,
  type StoredQuota,
  type StoredRate,
} from './bucket-state.js';

const HOUR = 3_600_000_000;
const NOW = 1_767_225_600_000_000;
const rate = (over: Partial<StoredRate> = {}): StoredRate => ({
  kind: 'rate',
  drainPerTick: 2,
  unitsPerToken: 10,
  tickMicros: 1,
  capacity: 100,
  level: 31,
  blockedUntil: 0,
  seenAt: NOW,
  ...over,
});
const quota = (over: Partial<StoredQuota> = {}): StoredQuota => ({
  kind: 'quota',
  startsAt: NOW - HOUR,
  endsAt: NOW + HOUR,
  capacity: 10,
  level: 3,
  blockedUntil: 0,
  seenAt: NOW,
  ...over,
});

describe('a rate', () => {
  it('drains by whole ticks of the clock, and is empty at the first at which nothing is left', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.constantFrom(1 as const, 1000 as const),
        fc.nat({ max: 100_000 }),
        fc.nat({ max: 5000 }),
        fc.integer({ min: -5000, max: 5_000_000 }),
        (drainPerTick, tickMicros, level, offset, elapsed) => {
          const limit = { drainPerTick, tickMicros };
          const since = NOW + offset;
          const now = since + elapsed;
          const ticks = BigInt(Math.floor(now / tickMicros)) - BigInt(Math.floor(since / tickMicros));
          const left = BigInt(level) - BigInt(drainPerTick) * (ticks < 0n ? 0n : ticks);
          expect(drain(level, limit, since, now)).toBe(Number(left < 0n ? 0n : left));
          const empty = emptyMoment(since, limit, level);
          if (level === 0) return;
          expect(drain(level, limit, since, empty)).toBe(0);
          expect(drain(level, limit, since, empty - 1)).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('drains exactly up to 2^53, however much could drain in the time', () => {
    const positive = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
    fc.assert(
      fc.property(positive, positive, fc.nat({ max: 2_000_000_000_000_000 }), (level, drainPerTick, ticks) => {
        const left = BigInt(level) - BigInt(drainPerTick) * BigInt(ticks);
        const limit = { drainPerTick, tickMicros: 1 } as const;
        expect(drain(level, limit, NOW, NOW + ticks)).toBe(Number(left < 0n ? 0n : left));
      }),
    );
  });

  it.each<[boolean, BucketLimit]>([
    [true, rate()],
    [true, { ...rate(), capacity: 5 }],
    [false, { ...rate(), drainPerTick: 3 }],
    [false, { ...rate(), unitsPerToken: 11 }],
    [false, { ...rate(), tickMicros: 1000 }],
    [false, { kind: 'quota', unitsPerToken: 1, capacity: 1, boundaries: [1, 2, 3, 4] }],
    [false, { kind: 'concurrency', unitsPerToken: 1, capacity: 1, leaseMicros: 1 }],
  ])('is the same by its speed alone: %p', (expected, limit) => {
    expect(isSame(rate(), limit)).toBe(expected);
  });
});

describe('a quota', () => {
  const limit: QuotaBucketLimit = { kind: 'quota', unitsPerToken: 1, capacity: 5, boundaries: [100, 200, 300, 500] };

  it.each([
    [true, 100, 200],
    [true, 200, 300],
    [true, 300, 500],
    [false, 500, 600],
    [false, 100, 300],
    [false, 150, 200],
    [false, 200, 299],
  ])('is the same by its period: %p for %p to %p', (expected, startsAt, endsAt) => {
    expect(isSame(quota({ startsAt, endsAt }), limit)).toBe(expected);
    expect(isSame(quota({ startsAt, endsAt }), rate() as RateBucketLimit)).toBe(false);
  });

  it.each([
    [0, 100],
    [199, 100],
    [200, 200],
    [299, 200],
    [300, 300],
    [499, 300],
    [900, 300],
  ])('counts at %p in the period that starts at %p', (now, startsAt) => {
    const { endsAt, ...period } = currentPeriod(limit, now);
    expect(period).toEqual({ startsAt });
    expect(endsAt).toBe(limit.boundaries[limit.boundaries.indexOf(startsAt) + 1]);
  });
});

describe('a state', () => {
  it('is settled at a moment: rates drained, what is over gone', () => {
    const others = [quota({ endsAt: 50 }), quota({ endsAt: 51 })];
    const state = { updatedAt: NOW, limits: [rate(), ...others], leases: [NOW + 9, NOW + 10, NOW + 11] };
    expect(settled(state, { now: NOW + 10, wallNow: 50 })).toEqual({
      updatedAt: NOW + 10,
      limits: [rate({ level: 11 }), others[1]],
      leases: [NOW + 11],
    });
    expect(settled(state, { now: NOW - 10, wallNow: 49 })).toEqual(state);
  });

  it.each<[string, number, readonly StoredLimit[], readonly number[]]>([
    ['when its last unit has drained', NOW + 16, [rate()], []],
    ['at once where it is empty', NOW, [rate({ level: 0 })], []],
    ['with the slowest of its rates', NOW + 30, [rate(), rate({ drainPerTick: 1, level: 30 })], []],
    ['at the end of a period that counted something', NOW + HOUR - 7, [quota()], []],
    ['without a period that counted nothing', NOW, [quota({ level: 0 })], []],
    ['when it blocks no more', NOW + 99, [rate({ blockedUntil: NOW + 99 })], []],
    ['when the last lease is over', NOW + 500, [rate()], [NOW + 40, NOW + 500, NOW + 3]],
    [
      'an hour after who has the limit was seen',
      NOW + HOUR - 5,
      [rate({ level: 9e9, capacity: 100, drainPerTick: 1, seenAt: NOW - 5 })],
      [],
    ],
    [
      'a whole drain after who has the limit was seen',
      NOW + 2 * HOUR - 5,
      [rate({ level: 9e9, capacity: 2 * HOUR, drainPerTick: 1, seenAt: NOW - 5 })],
      [],
    ],
    [
      'a whole period after who has the limit was seen',
      NOW + 2 * HOUR - 5,
      [quota({ startsAt: 0, endsAt: 2 * HOUR, seenAt: NOW - 5 })].map((each) => ({
        ...each,
        startsAt: NOW + HOUR,
        endsAt: NOW + 3 * HOUR,
      })),
      [],
    ],
    ['a drain in milliseconds', NOW + 16_000, [rate({ tickMicros: 1000 })], []],
  ])('may be forgotten %s', (_, expected, limits, leases) => {
    expect(emptyAt({ updatedAt: NOW, limits, leases }, 7)).toBe(expected);
  });

  it('keeps its levels when it is healed, and what holds for a while goes on for as long', () => {
    const ahead = 1000;
    const state = {
      updatedAt: NOW + ahead,
      limits: [rate({ blockedUntil: NOW + ahead + 50, seenAt: NOW + 5 }), quota({ blockedUntil: 0, seenAt: 10 })],
      leases: [NOW + ahead + 70, 3],
    };
    expect(healed(state, NOW)).toEqual({
      updatedAt: NOW,
      limits: [rate({ blockedUntil: NOW + 50, seenAt: NOW + 5 - ahead }), quota({ blockedUntil: 0, seenAt: 0 })],
      leases: [NOW + 70, 0],
    });
  });

  it.each<[boolean, StoredLimit, number]>([
    [true, rate(), NOW + HOUR - 1],
    [false, rate(), NOW + HOUR],
    [false, rate({ capacity: 2 * HOUR }), NOW + HOUR],
    [true, rate({ capacity: 4 * HOUR + 1 }), NOW + 2 * HOUR],
    [false, rate({ capacity: 4 * HOUR }), NOW + 2 * HOUR],
    [true, rate({ capacity: 4001, tickMicros: 1000 }), NOW + HOUR - 1],
    [true, rate({ capacity: 8_000_000, tickMicros: 1000 }), NOW + HOUR],
    [false, rate({ capacity: 7_200_000, tickMicros: 1000 }), NOW + HOUR],
    [true, quota(), NOW + 2 * HOUR - 1],
    [false, quota(), NOW + 2 * HOUR],
  ])('remembers what others count for an hour, and for a whole drain: %p', (kept, limit, now) => {
    expect(remembered([limit], now)).toEqual(kept ? [limit] : []);
  });

  it('remembers eight of others: those that were seen last', () => {
    const others = Array.from({ length: 9 }, (_, index) => rate({ seenAt: NOW - ((index * 5) % 9), level: index }));
    expect(remembered(others.slice(0, 8), NOW)).toEqual(others.slice(0, 8));
    expect(remembered(others, NOW).map(({ seenAt }) => NOW - seenAt)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
