import fc from 'fast-check';
import type { BucketLimit, QuotaBucketLimit, RateBucketLimit } from '../contracts/limiter-storage.js';
import type { StoredLimit, StoredQuota, StoredRate } from './bucket-state.js';
import { startingLevel } from './conversion.js';

const MAX = Number.MAX_SAFE_INTEGER;
const rate: RateBucketLimit = { drainPerTick: 1, unitsPerToken: 100, capacity: 1000, tickMicros: 1 };
const quota: QuotaBucketLimit = { kind: 'quota', unitsPerToken: 1, capacity: 12, boundaries: [100, 200, 300, 400] };
const common = { blockedUntil: 0, seenAt: 0 };
const storedRate = (over: Partial<StoredRate> = {}): StoredRate => ({
  ...rate,
  kind: 'rate',
  level: 400,
  ...common,
  ...over,
});
const storedQuota = (over: Partial<StoredQuota> = {}): StoredQuota => ({
  kind: 'quota',
  startsAt: 200,
  endsAt: 300,
  capacity: 10,
  level: 4,
  ...common,
  ...over,
});

describe('the level at which a limit starts', () => {
  it.each<[string, number, BucketLimit, readonly BucketLimit[], readonly StoredLimit[]]>([
    ['nothing where nothing is stored', 0, rate, [rate], []],
    [
      'as many tokens as are in use, where it is faster',
      8,
      { ...rate, drainPerTick: 2, unitsPerToken: 2 },
      [],
      [storedRate()],
    ],
    ['the same where it is as fast', 400, { ...rate, capacity: 5000 }, [], [storedRate()]],
    [
      'no more room than there was, where it is slower',
      4400,
      { ...rate, unitsPerToken: 200, capacity: 5600 },
      [],
      [storedRate()],
    ],
    [
      'as many tokens, where it is slower and smaller',
      800,
      { ...rate, unitsPerToken: 200, capacity: 1000 },
      [],
      [storedRate()],
    ],
    ['slower where its ticks are longer', 4400, { ...rate, tickMicros: 1000, capacity: 5000 }, [], [storedRate()]],
    ['faster where its ticks are shorter', 400, { ...rate, capacity: 5000 }, [], [storedRate({ tickMicros: 1000 })]],
    ['nothing, where what is stored goes on', 0, { ...rate, unitsPerToken: 200 }, [rate], [storedRate()]],
    [
      'nothing, where it goes on with less room',
      0,
      { ...rate, unitsPerToken: 200 },
      [{ ...rate, capacity: 999 }],
      [storedRate()],
    ],
    [
      'what is in use, where it goes on with more room',
      800,
      { ...rate, unitsPerToken: 200, capacity: 2000 },
      [{ ...rate, capacity: 1001 }],
      [storedRate()],
    ],
    [
      'the highest of what is stored',
      600,
      { ...rate, capacity: 2000 },
      [],
      [storedRate(), storedRate({ level: 600 }), storedRate({ level: 5 })],
    ],
    ['a quota as full as a rate was, with no more room', 6, quota, [], [storedRate()]],
    ['a rate as full as a quota was, with no more room', 1400, { ...rate, capacity: 2000 }, [], [storedQuota()]],
    ['a rate, with a quota that goes on', 0, rate, [{ ...quota, capacity: 10 }], [storedQuota()]],
    [
      'calls at once, which start with none',
      0,
      { kind: 'concurrency', unitsPerToken: 1, capacity: 5, leaseMicros: 1 },
      [],
      [storedQuota()],
    ],
    [
      'a token more where it does not divide',
      134,
      { ...rate, drainPerTick: 7, unitsPerToken: 100, capacity: 1000 },
      [],
      [storedRate({ unitsPerToken: 3, level: 4, capacity: 30 })],
    ],
    [
      '2^53 - 1 at most',
      MAX,
      { ...rate, unitsPerToken: 2 ** 40, capacity: MAX },
      [],
      [storedRate({ unitsPerToken: 1, level: MAX, capacity: MAX })],
    ],
  ])('is %s', (_, expected, limit, limits, stored) => {
    expect(startingLevel(limit, limits, stored)).toBe(expected);
  });

  it('is as exact fractions have it', () => {
    const whole = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: MAX }));
    fc.assert(
      fc.property(whole, whole, whole, whole, whole, whole, (units, capacity, drain, from, level, before) => {
        const limit: RateBucketLimit = { drainPerTick: drain, unitsPerToken: units, capacity, tickMicros: 1 };
        const stored = storedRate({ drainPerTick: 1, unitsPerToken: from, level, capacity: before, tickMicros: 1 });
        const inUse = (BigInt(level) * BigInt(units) + BigInt(from) - 1n) / BigInt(from);
        const room = (BigInt(before) * BigInt(units)) / BigInt(from);
        const isFaster = drain / units >= 1 / from;
        const lost = isFaster || room >= BigInt(capacity) ? 0n : BigInt(capacity) - room;
        const exact = inUse + lost;
        const expected = exact > BigInt(MAX) ? MAX : Number(exact);
        expect(startingLevel(limit, [], [stored])).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});
