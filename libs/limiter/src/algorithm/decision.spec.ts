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

  it('knows nothing of an open request', () => {
    expect(openDecision(login)).toMatchObject({ allowed: true, source: 'open', limits: [] });
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
