import fc from 'fast-check';
import { openDecision, previewDecision, tightestOf, toDecision } from './decision.js';
import { applyCosts } from './leaky-bucket.js';
import { resolvePolicy } from './policy.js';

const T0 = 1_767_225_600_000_000;
const login = resolvePolicy('login', { limit: 5, per: '1m', burst: 2 });

describe('decision', () => {
  it('shows what is left after an admitted cost', () => {
    const [outcome] = applyCosts(undefined, login.limits, [1], T0).outcomes;
    expect(toDecision(login, 1, outcome!, 'storage')).toEqual({
      allowed: true,
      policy: 'login',
      limit: 5,
      remaining: 1,
      retryAfterMs: 0,
      resetMs: 12_000,
      source: 'storage',
      limits: [
        {
          name: 'login',
          limit: 5,
          windowMs: 60_000,
          remaining: 1,
          retryAfterMs: 0,
          nextTokenMs: 12_000,
          resetMs: 12_000,
        },
      ],
    });
  });

  it('shows how long a refused cost has to wait', () => {
    const outcome = applyCosts(undefined, login.limits, [1, 2], T0).outcomes[1]!;
    expect(toDecision(login, 2, outcome, 'storage')).toMatchObject({
      allowed: false,
      remaining: 1,
      retryAfterMs: 12_000,
      resetMs: 12_000,
    });
  });

  it('has no time to wait for in an empty bucket', () => {
    expect(previewDecision(login, 1, { levels: [0] }, 'storage')).toMatchObject({
      allowed: true,
      remaining: 2,
      resetMs: 0,
      limits: [{ nextTokenMs: 0 }],
    });
  });

  it('speaks of the limit that holds longest', () => {
    const both = resolvePolicy('api', {
      limits: [
        { limit: 10, per: '1s' },
        { limit: 15, per: '1h' },
      ],
    });
    const first = applyCosts(undefined, both.limits, [10], T0);
    expect(toDecision(both, 10, first.outcomes[0]!, 'storage')).toMatchObject({
      limit: 10,
      remaining: 0,
      resetMs: 1000,
    });
    const second = applyCosts(first.next, both.limits, [10], T0);
    expect(toDecision(both, 10, second.outcomes[0]!, 'storage')).toMatchObject({
      allowed: false,
      limit: 15,
      remaining: 5,
      retryAfterMs: 1_200_000,
    });
  });

  it('knows nothing of an open request but its lowest limit', () => {
    const both = resolvePolicy('api', {
      limits: [
        { limit: 10, per: '1s' },
        { quota: 7, every: 'day' },
      ],
    });
    expect(openDecision(both)).toEqual({
      allowed: true,
      policy: 'api',
      limit: 7,
      remaining: 0,
      retryAfterMs: 0,
      resetMs: 0,
      source: 'open',
      limits: [],
    });
  });

  it('is whole where a rate refuses', () => {
    const outcome = applyCosts(undefined, login.limits, [1, 2], T0).outcomes[1]!;
    expect(toDecision(login, 2, outcome, 'local')).toEqual({
      allowed: false,
      policy: 'login',
      limit: 5,
      remaining: 1,
      retryAfterMs: 12_000,
      resetMs: 12_000,
      source: 'local',
      reason: 'rate',
      limits: [
        {
          name: 'login',
          limit: 5,
          windowMs: 60_000,
          remaining: 1,
          retryAfterMs: 12_000,
          nextTokenMs: 12_000,
          resetMs: 12_000,
          reason: 'rate',
        },
      ],
    });
  });

  it.each<[string, 'allowed' | 'refused', boolean]>([
    ['passed', 'allowed', true],
    ['refused', 'refused', false],
  ])('passes in shadow mode, and shows what it would have %s', (_, shadow, allowed) => {
    const dry = resolvePolicy('login', { limit: 5, per: '1m', burst: 2, mode: 'shadow' });
    const decision = toDecision(dry, 1, { allowed, levels: [dry.limits[0]!.capacity] }, 'storage');
    expect(decision).toMatchObject({ allowed: true, shadow, remaining: 0, retryAfterMs: allowed ? 0 : 12_000 });
    expect(decision.reason).toBe(allowed ? undefined : 'rate');
  });

  const quota = resolvePolicy('plan', { quota: 10, every: 'day' });
  const calls = resolvePolicy('calls', { concurrency: 3, leaseMs: 5000 });

  it.each([
    [
      'a quota with room',
      quota,
      2,
      true,
      [7],
      [3_600_000_000],
      { remaining: 3, nextTokenMs: 3_600_000, resetMs: 3_600_000, retryAfterMs: 0 },
    ],
    [
      'a quota that nobody used',
      quota,
      2,
      true,
      [0],
      [3_600_000_000],
      { remaining: 10, nextTokenMs: 0, resetMs: 0, retryAfterMs: 0 },
    ],
    [
      'a quota without room',
      quota,
      4,
      false,
      [7],
      [1_000_001],
      { remaining: 3, retryAfterMs: 1001, resetMs: 1001, reason: 'quota' },
    ],
    [
      'a quota that ends now',
      quota,
      4,
      false,
      [7],
      [0],
      { remaining: 3, retryAfterMs: 1, resetMs: 0, reason: 'quota' },
    ],
    ['a quota over its bounds', quota, 1, false, [12], [1000], { remaining: 0, retryAfterMs: 1, reason: 'quota' }],
    [
      'calls at once',
      calls,
      1,
      true,
      [2],
      [4_000_000],
      { remaining: 1, nextTokenMs: 4000, resetMs: 4000, retryAfterMs: 0 },
    ],
    [
      'too many calls at once',
      calls,
      1,
      false,
      [3],
      [4_000_000],
      { remaining: 0, retryAfterMs: 4000, reason: 'concurrency' },
    ],
  ])('waits for a moment: %s', (_, policy, cost, allowed, levels, waits, expected) => {
    const decision = toDecision(policy, cost, { allowed, levels, waits, blocks: [0] }, 'storage');
    const [status] = decision.limits;
    expect({ ...status, ...decision }).toMatchObject(expected);
    expect(status!.retryAfterMs).toBe(decision.retryAfterMs);
    if (allowed) expect([decision.reason, status!.reason]).toEqual([undefined, undefined]);
  });

  it('shows nothing left while it blocks, and waits for what lasts longer', () => {
    const blocking = resolvePolicy('login', { limit: 5, per: '1m', burst: 2, blockFor: '15m' });
    const unit = blocking.limits[0]!.unitsPerToken;
    const of = (level: number, blockMicros: number, allowed = false) =>
      toDecision(blocking, 1, { allowed, levels: [level], waits: [0], blocks: [blockMicros] }, 'storage').limits[0];
    expect(of(0, 60_000_001)).toMatchObject({
      remaining: 0,
      retryAfterMs: 60_001,
      nextTokenMs: 60_001,
      resetMs: 60_001,
      reason: 'blocked',
    });
    expect(of(2 * unit, 1000)).toMatchObject({
      retryAfterMs: 12_000,
      nextTokenMs: 12_000,
      resetMs: 24_000,
      reason: 'blocked',
    });
    expect(of(unit, 0)).toMatchObject({ remaining: 1, retryAfterMs: 0 });
    expect(of(unit, 5000, true)).toMatchObject({ remaining: 0, retryAfterMs: 0, nextTokenMs: 12_000 });
    expect(of(unit, 5000, true)!.reason).toBeUndefined();
  });

  it('refuses nothing that passed, however full the bucket is', () => {
    const { capacity, unitsPerToken } = login.limits[0]!;
    for (const levels of [[capacity + unitsPerToken], [capacity]])
      for (const cost of [1, 2]) {
        const decision = toDecision(login, cost, { allowed: true, levels }, 'storage');
        expect(decision).toMatchObject({ allowed: true, remaining: 0, retryAfterMs: 0 });
        expect(['reason' in decision, 'reason' in decision.limits[0]!]).toEqual([false, false]);
      }
    const passed = toDecision(quota, 1, { allowed: true, levels: [12], waits: [1000], blocks: [0] }, 'storage');
    expect(passed.limits[0]).toMatchObject({ remaining: 0, retryAfterMs: 0 });
    expect(['reason' in passed, 'reason' in passed.limits[0]!]).toEqual([false, false]);
  });

  it('waits a millisecond at least where a storage says nothing of the moment', () => {
    expect(toDecision(quota, 1, { allowed: false, levels: [10] }, 'storage')).toMatchObject({
      retryAfterMs: 1,
      resetMs: 0,
    });
  });

  it('sees the block of one limit of several', () => {
    const both = resolvePolicy('api', {
      limits: [
        { limit: 10, per: '1s' },
        { quota: 7, every: 'day', blockFor: '1m' },
      ],
    });
    const reading = { levels: [0, 0], waits: [0, 1000], blocks: [0, 5] };
    expect(previewDecision(both, 1, reading, 'storage').allowed).toBe(false);
  });

  it('looks ahead without a charge, and sees a block', () => {
    const look = (blocks: number[] | undefined, level: number, cost = 1) =>
      previewDecision(login, cost, { levels: [level], ...(blocks && { waits: [0], blocks }) }, 'storage').allowed;
    const { capacity, unitsPerToken } = login.limits[0]!;
    expect([look(undefined, 0), look([0], 0), look([1], 0)]).toEqual([true, true, false]);
    expect([look(undefined, capacity - unitsPerToken), look(undefined, capacity - unitsPerToken + 1)]).toEqual([
      true,
      false,
    ]);
    expect(look(undefined, 0, 3)).toBe(false);
  });

  it('counts what is left from what is free, never below nothing', () => {
    const debt = resolvePolicy('api', { limit: 10, per: '1s', maxDebt: 5 });
    const unit = debt.limits[0]!.unitsPerToken;
    expect(toDecision(debt, 1, { allowed: false, levels: [12 * unit] }, 'storage')).toMatchObject({
      remaining: 0,
      retryAfterMs: 300,
      resetMs: 1200,
    });
    expect(toDecision(debt, 1, { allowed: true, levels: [unit / 2] }, 'storage').limits[0]).toMatchObject({
      remaining: 9,
      nextTokenMs: 50,
      resetMs: 50,
    });
  });

  it('shows the first of limits that are alike, and of those that refuse the one that holds longest', () => {
    const status = { name: 'a', limit: 5, windowMs: 1000, remaining: 3, retryAfterMs: 0, nextTokenMs: 0, resetMs: 0 };
    expect(tightestOf([status, { ...status, name: 'b' }]).name).toBe('a');
    expect(tightestOf([status, { ...status, name: 'b', retryAfterMs: 1, remaining: 9 }]).name).toBe('b');
    expect(
      tightestOf([
        { ...status, retryAfterMs: 2 },
        { ...status, name: 'b', retryAfterMs: 1, remaining: 0 },
      ]).name,
    ).toBe('a');
    expect(
      tightestOf([
        { ...status, retryAfterMs: 2 },
        { ...status, name: 'b', retryAfterMs: 2, remaining: 0 },
      ]).name,
    ).toBe('b');
  });

  it('waits in milliseconds where a limit counts in them', () => {
    const slow = resolvePolicy('api', { limit: 1_000_003, per: '1d' });
    expect(slow.limits[0]).toMatchObject({ tickMicros: 1000 });
    const { capacity, unitsPerToken } = slow.limits[0]!;
    expect(toDecision(slow, 1, { allowed: false, levels: [capacity] }, 'storage')).toMatchObject({
      retryAfterMs: Math.ceil(unitsPerToken / 1_000_003),
      resetMs: 86_400_000,
    });
  });

  it('shows the fewest tokens left where no limit refuses', () => {
    const status = { name: 'a', limit: 5, windowMs: 1000, remaining: 3, retryAfterMs: 0, nextTokenMs: 0, resetMs: 0 };
    expect(
      tightestOf([status, { ...status, name: 'b', remaining: 2 }, { ...status, name: 'c', remaining: 4 }]).name,
    ).toBe('b');
  });

  it('promises a wait after which the cost passes, and not a millisecond more', () => {
    const anyLimit = fc.record({
      limit: fc.integer({ min: 1, max: 2000 }),
      per: fc.integer({ min: 1, max: 100_000 }),
      burst: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(
        anyLimit,
        fc.integer({ min: 1, max: 100 }),
        fc.nat({ max: 5_000_000 }),
        (options, anyCost, elapsed) => {
          const policy = resolvePolicy('p', options);
          const cost = Math.min(anyCost, policy.maxCost);
          const { next } = applyCosts(undefined, policy.limits, [policy.maxCost], T0);
          const passes = (now: number): boolean => applyCosts(next, policy.limits, [cost], now).outcomes[0]!.allowed;
          const now = T0 + elapsed;
          const { outcomes } = applyCosts(next, policy.limits, [cost], now);
          const { allowed, retryAfterMs } = toDecision(policy, cost, outcomes[0]!, 'storage');
          if (allowed) return retryAfterMs === 0;
          return passes(now + retryAfterMs * 1000) && !passes(now + (retryAfterMs - 1) * 1000);
        },
      ),
    );
  });
});
