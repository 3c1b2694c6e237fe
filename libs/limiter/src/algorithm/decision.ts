import type { Decision, DecisionSource, LimitStatus } from '../contracts/decision.js';
import type { AppliedCost, BucketReading } from '../contracts/limiter-storage.js';
import type { Policy, ResolvedLimit, ResolvedRate } from '../contracts/policy.js';
import { fits, fitsAll } from './room.js';

/** Turns what a storage answered for `cost` into what callers and headers show. */
export function toDecision(policy: Policy, cost: number, applied: AppliedCost, source: DecisionSource): Decision {
  const { allowed } = applied;
  const [first] = policy.limits;
  if (policy.limits.length === 1 && first!.kind === 'rate' && applied.blocks === undefined && policy.mode === 'enforce')
    return rateDecision(policy, first!, cost, applied.levels[0]!, allowed, source);
  const refusedCost = allowed ? 0 : cost;
  const limits =
    policy.limits.length === 1
      ? [statusOf(policy.limits[0]!, 0, applied, refusedCost)]
      : policy.limits.map((limit, index) => statusOf(limit, index, applied, refusedCost));
  const { limit, remaining, retryAfterMs, resetMs, reason } = tightestOf(limits);
  const decision: Decision =
    allowed || reason === undefined
      ? { allowed, policy: policy.name, limit, remaining, retryAfterMs, resetMs, source, limits }
      : { allowed, policy: policy.name, limit, remaining, retryAfterMs, resetMs, source, reason, limits };
  return policy.mode === 'enforce' ? decision : { ...decision, allowed: true, shadow: allowed ? 'allowed' : 'refused' };
}

/** {@link toDecision} of a policy that is one rate, enforced and without a block, as nearly all are. */
export function rateDecision(
  { name: policy }: Policy,
  rate: ResolvedRate,
  cost: number,
  level: number,
  allowed: boolean,
  source: DecisionSource,
): Decision {
  const status = rateStatus(rate, level, allowed ? 0 : cost);
  const { limit, remaining, retryAfterMs, resetMs } = status;
  return allowed || status.reason === undefined
    ? { allowed, policy, limit, remaining, retryAfterMs, resetMs, source, limits: [status] }
    : { allowed, policy, limit, remaining, retryAfterMs, resetMs, source, reason: status.reason, limits: [status] };
}

/** What a request of `cost` would be answered, with nothing charged. */
export function previewDecision(
  policy: Policy,
  cost: number,
  reading: BucketReading,
  source: DecisionSource,
): Decision {
  const blocked = reading.blocks?.some((micros) => micros > 0) === true;
  const allowed = !blocked && fitsAll(policy.limits, reading.levels, cost);
  return toDecision(policy, cost, { ...reading, allowed }, source);
}

/** Without any level, and the request passes. */
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

function statusOf(limit: ResolvedLimit, index: number, reading: BucketReading, refusedCost: number): LimitStatus {
  const blockMs = reading.blocks === undefined ? 0 : Math.ceil(reading.blocks[index]! / 1000);
  const status =
    limit.kind === 'rate'
      ? rateStatus(limit, reading.levels[index]!, refusedCost)
      : waitStatus(limit, reading.levels[index]!, Math.ceil((reading.waits?.[index] ?? 0) / 1000), refusedCost);
  return blockMs === 0 ? status : blockedStatus(status, blockMs, refusedCost);
}

function rateStatus(limit: ResolvedRate, level: number, refusedCost: number): LimitStatus {
  const { name, limit: tokens, windowMs } = limit;
  const free = limit.capacity - level;
  const remaining = Math.max(0, Math.floor(free / limit.unitsPerToken));
  const nextTokenMs = level === 0 ? 0 : drainMs(limit, (remaining + 1) * limit.unitsPerToken - free);
  const resetMs = drainMs(limit, level);
  const lacking = refusedCost * limit.unitsPerToken - free;
  return refusedCost > 0 && lacking > 0
    ? {
        name,
        limit: tokens,
        windowMs,
        remaining,
        retryAfterMs: drainMs(limit, lacking),
        nextTokenMs,
        resetMs,
        reason: 'rate',
      }
    : { name, limit: tokens, windowMs, remaining, retryAfterMs: 0, nextTokenMs, resetMs };
}

/** Of a limit whose level falls at one moment: at the end of the period, or of a lease. */
function waitStatus(
  limit: Exclude<ResolvedLimit, ResolvedRate>,
  level: number,
  waitMs: number,
  refusedCost: number,
): LimitStatus {
  const { name, limit: tokens, windowMs, kind } = limit;
  const refused = refusedCost > 0 && !fits(limit, level, refusedCost);
  const untilFree = level === 0 ? 0 : waitMs;
  const remaining = Math.max(0, limit.capacity - level);
  const status = { name, limit: tokens, windowMs, remaining, nextTokenMs: untilFree, resetMs: untilFree };
  return refused ? { ...status, retryAfterMs: Math.max(1, waitMs), reason: kind } : { ...status, retryAfterMs: 0 };
}

function blockedStatus(status: LimitStatus, blockMs: number, refusedCost: number): LimitStatus {
  const held = {
    ...status,
    remaining: 0,
    nextTokenMs: Math.max(status.nextTokenMs, blockMs),
    resetMs: Math.max(status.resetMs, blockMs),
  };
  return refusedCost === 0
    ? held
    : { ...held, retryAfterMs: Math.max(status.retryAfterMs, blockMs), reason: 'blocked' };
}

/** Whole milliseconds until `units` have drained. */
function drainMs(limit: ResolvedRate, units: number): number {
  // A millisecond drains as much as its microseconds, so there is no need to round twice.
  return Math.ceil(units / (limit.tickMicros === 1 ? 1000 * limit.drainPerTick : limit.drainPerTick));
}

/** The limit that holds longest; where none refuses, the one with the fewest tokens left. */
export function tightestOf(limits: readonly LimitStatus[]): LimitStatus {
  if (limits.length === 1) return limits[0]!;
  return limits.reduce((tightest, limit) => {
    const longer = limit.retryAfterMs - tightest.retryAfterMs;
    return longer > 0 || (longer === 0 && limit.remaining < tightest.remaining) ? limit : tightest;
  });
}
