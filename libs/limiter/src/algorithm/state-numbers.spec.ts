import fc from 'fast-check';
import type { BucketState, StoredLimit } from './bucket-state.js';
import { fromNumbers, toNumbers } from './state-numbers.js';

const whole = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const positive = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const common = { capacity: whole, level: whole, blockedUntil: whole, seenAt: whole };
const rate = fc.record({
  kind: fc.constant('rate' as const),
  drainPerTick: positive,
  unitsPerToken: positive,
  tickMicros: fc.constantFrom(1 as const, 1000 as const),
  ...common,
});
const quota = fc.record({ kind: fc.constant('quota' as const), startsAt: whole, endsAt: whole, ...common });
const anyState: fc.Arbitrary<BucketState> = fc.record({
  updatedAt: whole,
  limits: fc.array<StoredLimit>(fc.oneof(rate, quota), { maxLength: 4 }),
  leases: fc.array(whole, { maxLength: 5 }),
});

const RATE = [1_000, 1, 1, 10, 20, 30, 5, 0, 900];

describe('a state as numbers', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(anyState, (state) => expect(fromNumbers(toNumbers(state))).toEqual(state)));
  });

  it('says in which order they stand', () => {
    expect(fromNumbers([...RATE, 7, 8])).toEqual({
      updatedAt: 1000,
      limits: [
        {
          kind: 'rate',
          drainPerTick: 10,
          unitsPerToken: 20,
          tickMicros: 1,
          capacity: 30,
          level: 5,
          blockedUntil: 0,
          seenAt: 900,
        },
      ],
      leases: [7, 8],
    });
    expect(fromNumbers([5, 0])).toEqual({ updatedAt: 5, limits: [], leases: [] });
  });

  it.each<[string, readonly number[]]>([
    ['nothing', []],
    ['one number', [1000]],
    ['a limit that is cut off', RATE.slice(0, -1)],
    ['a limit of no kind', RATE.with(2, 0)],
    ['a limit of a kind to come', RATE.with(2, 4)],
    ['a rate that never drains', RATE.with(3, 0)],
    ['a rate whose tokens are nothing', RATE.with(4, 0)],
    ['a number below zero', RATE.with(6, -1)],
    ['a fraction', RATE.with(6, 0.5)],
    ['a number that is none', RATE.with(8, Number.NaN)],
    ['a number beyond 2^53', RATE.with(5, 2 ** 53)],
    ['a wrong limit after a right one', [...RATE.with(1, 2), 9, 1, 1, 1, 1, 1, 1]],
  ])('is none where there is %s', (_, numbers) => {
    expect(fromNumbers(numbers)).toBeUndefined();
  });

  it('may hold a quota that begins or ends at nothing', () => {
    expect(fromNumbers(RATE.with(2, 3).with(3, 0).with(4, 0))?.limits).toMatchObject([
      { kind: 'quota', startsAt: 0, endsAt: 0 },
    ]);
  });
});
