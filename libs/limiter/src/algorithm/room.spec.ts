import type { BucketLimit } from '../contracts/limiter-storage.js';
import { charge, chargeAll, chargeUnits, fits, fitsAll, isPlain } from './room.js';

const MAX = Number.MAX_SAFE_INTEGER;
const rate: BucketLimit = { drainPerTick: 1, unitsPerToken: 10, capacity: 50, tickMicros: 1 };
const quota: BucketLimit = { kind: 'quota', unitsPerToken: 1, capacity: 5, boundaries: [0, 1, 2, 3] };
const leases: BucketLimit = { kind: 'concurrency', unitsPerToken: 1, capacity: 5, leaseMicros: 1 };

describe('room in a limit', () => {
  it.each<[boolean, readonly BucketLimit[]]>([
    [true, []],
    [true, [rate, { ...rate, kind: 'rate' }]],
    [false, [rate, quota]],
    [false, [leases]],
    [false, [{ ...rate, blockMicros: 5 }]],
  ])('is all there is to know: %p', (plain, limits) => expect(isPlain(limits)).toBe(plain));

  it('is what the capacity leaves, and one for a call that has a lease', () => {
    expect([fits(rate, 30, 2), fits(rate, 31, 2), fits(leases, 4, 9), fits(leases, 5, 1)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([
      fitsAll([rate, quota], [0, 3], 2),
      fitsAll([rate, quota], [0, 4], 2),
      fitsAll([rate, quota], [31, 0], 2),
    ]).toEqual([true, false, false]);
  });

  it('is charged by cost, and by one for a call that has a lease', () => {
    expect([charge(rate, 10, 3), charge(rate, 10, -3), charge(quota, 1, 2)]).toEqual([40, 0, 3]);
    expect([charge(leases, 2, 9), charge(leases, 2, -1)]).toEqual([3, 2]);
    expect([chargeUnits(10, 5, -1), chargeUnits(10, MAX - 5, 1), chargeUnits(3, 4, 5)]).toEqual([0, MAX, 19]);
    expect(chargeAll([rate], [10], 1)).toEqual([20]);
    expect(chargeAll([rate, quota, leases], [10, 1, 1], 2)).toEqual([30, 3, 2]);
  });
});
