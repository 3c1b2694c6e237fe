import fc from 'fast-check';
import { LimiterOptionError } from '../errors/option-error.js';
import type { ResolvedRate } from '../contracts/policy.js';
import { POLICY_NAMES, resolvePolicy } from './policy.js';

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

  it('says all that it knows of each kind of limit', () => {
    const policy = resolvePolicy('plan', {
      limits: [
        { limit: 10, per: '1s', blockFor: '2s', maxDebt: 3, burst: 4 },
        { quota: 6, every: 'week', timeZone: 'Europe/Berlin', blockFor: 5, name: 'own' },
        { concurrency: 7, leaseMs: 9000 },
      ],
      mode: 'shadow',
      count: 'failures',
    });
    expect(policy).toEqual({
      name: 'plan',
      maxCost: 4,
      mode: 'shadow',
      count: 'failures',
      limits: [
        {
          kind: 'rate',
          name: 'plan-1s',
          limit: 10,
          windowMs: 1000,
          burst: 4,
          drainPerTick: 1,
          unitsPerToken: 100_000,
          capacity: 400_000,
          maxDebt: 300_000,
          tickMicros: 1,
          blockMicros: 2_000_000,
        },
        {
          kind: 'quota',
          name: 'own',
          limit: 6,
          windowMs: 604_800_000,
          burst: 6,
          every: 'week',
          timeZone: 'Europe/Berlin',
          unitsPerToken: 1,
          capacity: 6,
          boundaries: [0, 0, 0, 0],
          blockMicros: 5000,
        },
        {
          kind: 'concurrency',
          name: 'plan-concurrency',
          limit: 7,
          windowMs: 9000,
          burst: 7,
          unitsPerToken: 1,
          capacity: 7,
          leaseMicros: 9_000_000,
        },
      ],
    });
    expect(resolvePolicy('calls', { concurrency: 7, leaseMs: 9000 }).maxCost).toBe(1);
    const named = resolvePolicy('all', {
      limits: [
        { quota: 9, every: 'hour' },
        { quota: 9, every: 'day' },
        { quota: 9, every: 'month' },
      ],
    });
    expect(named.limits.map(({ name, windowMs }) => [name, windowMs])).toEqual([
      ['all-hour', 3_600_000],
      ['all-day', 86_400_000],
      ['all-month', 2_592_000_000],
    ]);
    expect(named.limits[0]).toMatchObject({ timeZone: 'UTC' });
  });

  it.each<[object]>([
    [{ limit: 1, per: 1 }],
    [{ limit: 1_000_000_000_000, per: 1 }],
    [{ limit: 1, per: '366d' }],
    [{ limit: 1, per: '1m', burst: 1 }],
    [{ limit: 1, per: '1m', maxDebt: 0 }],
    [{ limit: 1, per: '1m', blockFor: 1 }],
    [{ limit: 1, per: '1m', blockFor: '366d' }],
    [{ limit: 1, per: '1m', name: 'a'.repeat(64) }],
    [{ quota: 1, every: 'hour' }],
    [{ concurrency: 1, leaseMs: 1 }],
    [{ concurrency: 1000, leaseMs: 31_622_400_000 }],
    [{ limits: [{ limit: 1, per: '1m' }] }],
  ])('accepts %p', (options) => {
    expect(resolvePolicy('api', options as never).limits).toHaveLength(1);
  });

  it.each([
    [{ limit: 1_000_000_000_001, per: 1 }, 'policies.api.limit must be a whole number from 1 to 1000000000000'],
    [{ limit: 1, per: '1m', burst: 1_000_000_000_001 }, 'policies.api.burst must be a whole number from 1 to'],
    [{ limit: 1, per: 31_622_400_001 }, 'policies.api.per must be a duration'],
    [{ limit: 1, per: '1m', blockFor: 31_622_400_001 }, 'policies.api.blockFor must be a duration'],
    [{ limit: 1, per: '1m', blockFor: 0 }, 'policies.api.blockFor must be a duration'],
    [{ limit: 1, per: '1m', maxDebt: 1_000_000_000_001 }, 'policies.api.maxDebt must be a whole number'],
    [
      { limit: 1, per: '1m', name: 'a'.repeat(65) },
      'policies.api.name must be 1 to 64 letters, digits, dots, dashes or underscores',
    ],
    [
      { limit: 1, per: '1m', name: 'a b' },
      "policies.api.name must be 1 to 64 letters, digits, dots, dashes or underscores (got 'a b')",
    ],
    [{ limits: [{ limit: 1, per: '1m', name: '' }] }, 'policies.api.limits[0].name must be 1 to 64'],
    [{ quota: 0, every: 'day' }, 'policies.api.quota must be a whole number from 1 to 1000000000000 (got 0)'],
    [{ quota: 1_000_000_000_001, every: 'day' }, 'policies.api.quota must be a whole number from 1 to 1000000000000'],
    [{ quota: 1, every: 'toString' }, "policies.api.every must be 'hour', 'day', 'week' or 'month' (got 'toString')"],
    [{ quota: 1, every: 3 }, "policies.api.every must be 'hour', 'day', 'week' or 'month' (got 3)"],
    [{ quota: 1, every: 'day', blockFor: 'x' }, 'policies.api.blockFor must be a duration'],
    [{ concurrency: 0, leaseMs: 1 }, 'policies.api.concurrency must be a whole number from 1 to 1000 (got 0)'],
    [{ concurrency: 1, leaseMs: 0 }, 'policies.api.leaseMs must be whole milliseconds from 1 to 31622400000'],
    [{ concurrency: 1, leaseMs: 31_622_400_001 }, 'policies.api.leaseMs must be whole milliseconds'],
    [{ limits: 5 }, 'policies.api.limits must hold one limit or more (got 5)'],
    [
      { limits: ['a'] },
      "policies.api.limits[0] must be { limit, per, burst? }, { quota, every, timeZone? } or { concurrency, leaseMs } (got 'a')",
    ],
    [7, 'policies.api must be { limit, per, burst? }'],
    [{ limit: 1, per: '1d', burst: 1, maxDebt: 1_000_000_000 }, 'policies.api is too fine for exact arithmetic'],
  ])('refuses %p by its bound', (options, message) => {
    expect(() => resolvePolicy('api', options as never)).toThrow(message);
  });

  it.each(['my api', '', 'a'.repeat(65), 5])('refuses the name %p', (name) => {
    expect(() => resolvePolicy(name as never, { limit: 1, per: 1 })).toThrow(
      `policies.${name} (its name) must be 1 to 64 letters, digits, dots, dashes or underscores`,
    );
  });

  it('says where a limit that is wrong stands, by the path that it is given', () => {
    expect(() =>
      resolvePolicy(
        'api',
        {
          limits: [
            { limit: 1, per: 1 },
            { limit: 0, per: 1 },
          ],
        },
        'tenants.a',
      ),
    ).toThrow('tenants.a.limits[1].limit must be a whole number');
  });

  it('lists its options', () => {
    expect(POLICY_NAMES).toEqual([
      'limit',
      'per',
      'burst',
      'name',
      'blockFor',
      'maxDebt',
      'quota',
      'every',
      'timeZone',
      'concurrency',
      'leaseMs',
      'limits',
      'mode',
      'count',
    ]);
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
