import fc from 'fast-check';
import { LimiterOptionError } from '../errors/option-error.js';
import type { ResolvedRate } from '../contracts/policy.js';
import { resolvePolicy } from './policy.js';

describe('policy', () => {
  it('reduces limit and window to lowest terms', () => {
    expect(resolvePolicy('api', { limit: 100, per: '1m' })).toEqual({
      name: 'api',
      limits: [
        {
          kind: 'rate',
          name: 'api',
          limit: 100,
          windowMs: 60_000,
          burst: 100,
          drainPerTick: 1,
          unitsPerToken: 600_000,
          capacity: 60_000_000,
          tickMicros: 1,
        },
      ],
      maxCost: 100,
      mode: 'enforce',
      count: 'all',
    });
  });

  it('keeps a limit that does not divide its window exact', () => {
    expect(resolvePolicy('api', { limit: 7, per: 1000 }).limits[0]).toMatchObject({
      drainPerTick: 7,
      unitsPerToken: 1_000_000,
      capacity: 7_000_000,
    });
  });

  it('counts in milliseconds where microseconds would leave the safe integers', () => {
    expect(resolvePolicy('api', { limit: 1_000_003, per: '1d' }).limits[0]).toMatchObject({
      tickMicros: 1000,
      unitsPerToken: 86_400_000,
    });
  });

  it('has the smallest burst for the highest cost, and names each limit by its window', () => {
    const policy = resolvePolicy('api', {
      limits: [
        { limit: 10, per: '1s' },
        { limit: 1000, per: '1h', burst: 5 },
      ],
    });
    expect(policy.maxCost).toBe(5);
    expect(policy.limits.map((limit) => limit.name)).toEqual(['api-1s', 'api-1h']);
  });

  it('never lets a capacity leave the safe integers, and keeps the rate exact', () => {
    const whole = fc.integer({ min: 1, max: 1_000_000_000 });
    fc.assert(
      fc.property(whole, fc.integer({ min: 1, max: 31_622_400_000 }), whole, (limit, per, burst) => {
        const resolve = () => resolvePolicy('p', { limit, per, burst }).limits[0] as ResolvedRate;
        try {
          resolve();
        } catch (error) {
          return error instanceof LimiterOptionError && BigInt(burst) * BigInt(per) > 2n ** 53n;
        }
        const { drainPerTick, unitsPerToken, capacity, tickMicros } = resolve();
        const sameRate =
          BigInt(drainPerTick) * BigInt(per) * 1000n === BigInt(limit) * BigInt(unitsPerToken) * BigInt(tickMicros);
        return Number.isSafeInteger(capacity) && capacity === burst * unitsPerToken && sameRate;
      }),
    );
  });

  it.each([
    [{ limit: 0, per: '1m' }, 'policies.api.limit must be a whole number from 1 to 1000000000000 (got 0)'],
    [{ limit: 1.5, per: '1m' }, 'policies.api.limit must be a whole number from 1 to 1000000000000 (got 1.5)'],
    [{ limit: '5', per: '1m' }, "policies.api.limit must be a whole number from 1 to 1000000000000 (got '5')"],
    [{ limit: 5, per: '1m', burst: 0 }, 'policies.api.burst must be a whole number from 1 to 1000000000000 (got 0)'],
    [
      { limit: 5, per: '1 minute' },
      "policies.api.per must be a duration from 1 ms to 366 days, in whole milliseconds, such as '1m' or 60000 (got '1 minute')",
    ],
    [
      { limit: 5, per: 0 },
      "policies.api.per must be a duration from 1 ms to 366 days, in whole milliseconds, such as '1m' or 60000 (got 0)",
    ],
    [
      { limit: 5, per: '400d' },
      "policies.api.per must be a duration from 1 ms to 366 days, in whole milliseconds, such as '1m' or 60000 (got '400d')",
    ],
    [
      { limit: 5 },
      "policies.api.per must be a duration from 1 ms to 366 days, in whole milliseconds, such as '1m' or 60000 (got undefined)",
    ],
    [{ limit: 5, per: '1m', mode: 'dry' }, "policies.api.mode must be 'enforce' or 'shadow' (got 'dry')"],
    [{ limit: 5, per: '1m', count: 'successes' }, "policies.api.count must be 'all' or 'failures' (got 'successes')"],
    [
      { limit: 5, per: '0.5ms' },
      "policies.api.per must be a duration from 1 ms to 366 days, in whole milliseconds, such as '1m' or 60000 (got '0.5ms')",
    ],
    [
      { limit: 5, per: '1m', brust: 5 },
      'policies.api.brust is not an option; did you mean policies.api.burst? (got 5)',
    ],
    [
      { limit: 5, limits: [{ limit: 5, per: '1m' }] },
      'policies.api.limit is not an option; did you mean policies.api.limits? (got 5)',
    ],
    [
      { limits: [{ limit: 5, pre: '1m' }] },
      "policies.api.limits[0].pre is not an option; did you mean policies.api.limits[0].per? (got '1m')",
    ],
    [{ quota: 5, every: 'year' }, "policies.api.every must be 'hour', 'day', 'week' or 'month' (got 'year')"],
    [
      { quota: 5, every: 'day', timeZone: 'Europe/Bern' },
      "policies.api.timeZone must be the IANA name of a time zone, such as 'Europe/Berlin' (got 'Europe/Bern')",
    ],
    [{ quota: 5, every: 'day', maxDebt: 1 }, 'policies.api.maxDebt is not an option'],
    [{ quota: 5, every: 'day', per: '1d' }, 'policies.api.per is not an option'],
    [{ concurrency: 1001, leaseMs: 1 }, 'policies.api.concurrency must be a whole number from 1 to 1000 (got 1001)'],
    [
      { concurrency: 5 },
      'policies.api.leaseMs must be whole milliseconds from 1 to 31622400000, longer than any call lasts (got undefined)',
    ],
    [{ concurrency: 5, leaseMs: 1000, blockFor: '1m' }, 'policies.api.blockFor is not an option'],
    [
      {
        limits: [
          { concurrency: 5, leaseMs: 1 },
          { concurrency: 6, leaseMs: 1, name: 'b' },
        ],
      },
      'policies.api.limits must count calls at once in one limit: keep the lowest',
    ],
    [
      { limit: 5, per: '1m', blockFor: 'long' },
      "policies.api.blockFor must be a duration from 1 ms to 366 days, in whole milliseconds, such as '1m' or 60000 (got 'long')",
    ],
    [
      { limit: 5, per: '1m', maxDebt: -1 },
      'policies.api.maxDebt must be a whole number from 0 to 1000000000000 (got -1)',
    ],
    [{ limits: [] }, 'policies.api.limits must hold one limit or more (got [])'],
    [
      null,
      'policies.api must be { limit, per, burst? }, { quota, every, timeZone? } or { concurrency, leaseMs }, or several of them as { limits: [ … ] } (got null)',
    ],
    [
      { limits: [null] },
      'policies.api.limits[0] must be { limit, per, burst? }, { quota, every, timeZone? } or { concurrency, leaseMs } (got null)',
    ],
    [
      {
        limits: [
          { limit: 1, per: '1s' },
          { limit: 2, per: '1s' },
        ],
      },
      "policies.api.limits must have a distinct name each: set `name` (got [ 'api-1s', 'api-1s' ])",
    ],
    [
      { limit: 999_999_999_989, per: '1d' },
      'policies.api is too fine for exact arithmetic: lower burst, shorten per, or choose a limit that divides the window',
    ],
  ])('refuses %p and says what it must be', (options, message) => {
    expect(() => resolvePolicy('api', options as never)).toThrow(message);
  });

  it.each([
    ['1.5s', 1500],
    ['1w', 604_800_000],
  ] as const)('accepts a window of %p', (per, windowMs) => {
    expect(resolvePolicy('api', { limit: 5, per }).limits[0]).toMatchObject({ windowMs });
  });

  it('names every complaint at once', () => {
    expect(() => resolvePolicy('my api', { limit: 0, per: '0s', burst: -1 })).toThrow(
      /^4 limiter options are wrong:(\n {2}- policies\.my api.*){4}$/,
    );
  });
});
