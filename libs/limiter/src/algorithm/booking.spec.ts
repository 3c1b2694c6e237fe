import fc from 'fast-check';
import type { RateBucketLimit } from '../contracts/limiter-storage.js';
import { bookingLimits, waitOf } from './booking.js';
import { applyCosts, levelsAt } from './leaky-bucket.js';

const T0 = 1_767_225_600_000_000;
const rate = (over: Partial<RateBucketLimit> = {}): RateBucketLimit => ({
  drainPerTick: 1,
  unitsPerToken: 100_000,
  capacity: 300_000,
  tickMicros: 1,
  ...over,
});

describe('booking', () => {
  it('finds room for what drains within the wait, and for no token more', () => {
    const [limit] = bookingLimits([rate()], 250)!;
    expect(limit).toEqual(rate({ capacity: 550_000 }));
    // Of 0.1 s each: three fit at once, two more within a quarter of a second.
    const { outcomes } = applyCosts(undefined, [limit!], [1, 1, 1, 1, 1, 1], T0);
    expect(outcomes.map(({ allowed }) => allowed)).toEqual([true, true, true, true, true, false]);
    expect(outcomes.map(({ levels }) => waitOf([rate()], levels))).toEqual([0, 0, 0, 100_000, 200_000, 200_000]);
  });

  it('counts whole ticks of milliseconds alone, and waits for the limit that holds longest', () => {
    const slow = rate({ tickMicros: 1000, drainPerTick: 7, unitsPerToken: 10, capacity: 10 });
    expect(bookingLimits([slow], 3)).toEqual([{ ...slow, capacity: 31 }]);
    expect(waitOf([rate(), slow], [300_001, 31])).toBe(3000);
    expect(waitOf([rate(), slow], [305_000, 10])).toBe(5000);
    expect(waitOf([], [])).toBe(0);
  });

  it('has no room in which a level could leave the safe integers', () => {
    const most = Number.MAX_SAFE_INTEGER - 300_000;
    expect(bookingLimits([rate({ drainPerTick: most })], 0)).toBeDefined();
    expect(bookingLimits([rate({ drainPerTick: most / 1000 + 1 })], 1)).toBeUndefined();
    expect(bookingLimits([rate(), rate({ drainPerTick: 1e13 })], 1000)).toBeUndefined();
  });

  it('waits exactly until the booked tokens find room in the limit itself', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.constantFrom(1 as const, 1000 as const),
        fc.integer({ min: 1, max: 30 }),
        (drainPerTick, unitsPerToken, tickMicros, cost) => {
          const limit = rate({ drainPerTick, unitsPerToken, tickMicros, capacity: 10 * unitsPerToken });
          const booked = bookingLimits([limit], 60_000)!;
          const { outcomes, next } = applyCosts(undefined, booked, [10, cost], T0);
          if (!outcomes[1]!.allowed) return;
          const wait = waitOf([limit], outcomes[1]!.levels);
          expect(levelsAt(next, booked, T0 + wait)[0]! <= limit.capacity).toBe(true);
          expect(levelsAt(next, booked, T0 + wait - 1)[0]! > limit.capacity).toBe(true);
        },
      ),
    );
  });
});
