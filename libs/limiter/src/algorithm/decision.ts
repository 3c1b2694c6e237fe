import type { Decision, DecisionSource, LimitStatus } from '../contracts/decision.js';
import type { AppliedCost } from '../contracts/limiter-storage.js';
import type { Policy, ResolvedLimit } from '../contracts/policy.js';
import { drainTicks, fitsAll } from './leaky-bucket.js';

/** Turns the levels that a storage answered for `cost` into what callers and headers show. */
export function toDecision(
  policy: Policy,
  cost: number,
  { allowed, levels }: AppliedCost,
  source: DecisionSource,
): Decision {
  const refusedCost = allowed ? 0 : cost;
  const limits =
    levels.length === 1
      ? [statusOf(policy.limits[0]!, levels[0]!, refusedCost)]
      : policy.limits.map((limit, index) => statusOf(limit, levels[index]!, refusedCost));
  const { limit, remaining, retryAfterMs, resetMs } = tightestOf(limits);
  const decision: Decision = { allowed, policy: policy.name, limit, remaining, retryAfterMs, resetMs, source, limits };
  return policy.mode === 'enforce' ? decision : { ...decision, allowed: true, shadow: allowed ? 'allowed' : 'refused' };
}

/** What a request of `cost` would be answered, with nothing charged. */
export function previewDecision(
  policy: Policy,
  cost: number,
  levels: readonly number[],
  source: DecisionSource,
): Decision {
  const allowed = fitsAll(policy.limits, levels, cost);
  return toDecision(policy, cost, { allowed, levels }, source);
}

/** Nothing is known, and the request passes. */
export function openDecision(policy: Policy): Decision {
  const limit = Math.min(...policy.limits.map((each) => each.limit));
  return {
    allowed: true,
    policy: policy.name,
    limit,
    remaining: 0,
    retryAfterMs: 0,
    resetMs: 0,
    source: 'open',
    limits: [],
  };
}

function statusOf(limit: ResolvedLimit, level: number, refusedCost: number): LimitStatus {
  const free = limit.capacity - level;
  const remaining = Math.floor(free / limit.unitsPerToken);
  return {
    name: limit.name,
    limit: limit.limit,
    windowMs: limit.windowMs,
    remaining,
    retryAfterMs: drainMs(limit, refusedCost * limit.unitsPerToken - free),
    nextTokenMs: level === 0 ? 0 : drainMs(limit, (remaining + 1) * limit.unitsPerToken - free),
    resetMs: drainMs(limit, level),
  };
}

/** Whole milliseconds until `units` have drained; none for a number below zero. */
function drainMs(limit: ResolvedLimit, units: number): number {
  if (units <= 0) return 0;
  const ticks = drainTicks(limit, units);
  return limit.tickMicros === 1 ? Math.ceil(ticks / 1000) : ticks;
}

/** The limit that holds longest; where none refuses, the one with the fewest tokens left. */
export function tightestOf(limits: readonly LimitStatus[]): LimitStatus {
  if (limits.length === 1) return limits[0]!;
  return limits.reduce((tightest, limit) => {
    const longer = limit.retryAfterMs - tightest.retryAfterMs;
    return longer > 0 || (longer === 0 && limit.remaining < tightest.remaining) ? limit : tightest;
  });
}
