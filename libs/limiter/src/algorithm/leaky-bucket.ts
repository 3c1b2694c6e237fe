import type { AppliedCost, BucketLimit } from '../contracts/limiter-storage.js';

/**
 * What is kept of a bucket. `updatedAt` is the clock of the storage in microseconds; `levels` and `unitsPerToken` have one
 * entry per limit, the latter so that levels keep their meaning when the policy changes.
 */
export interface BucketState {
  readonly updatedAt: number;
  readonly levels: readonly number[];
  readonly unitsPerToken: readonly number[];
}

export interface Application {
  /** One per cost, in order. */
  readonly outcomes: readonly AppliedCost[];
  /** What to store; `undefined` when nothing was admitted: there is nothing to write then. */
  readonly next: BucketState | undefined;
}

/**
 * Drains the bucket up to `now` (microseconds, the clock of the storage), then decides each cost in order. A cost is
 * charged to every limit, or to none where one lacks room; a negative cost gives tokens back. A clock that runs backwards drains nothing.
 *
 * The leaky bucket as a meter (ITU-T I.371, the same decisions as GCRA and as a token bucket), in whole numbers only.
 *
 * @example applyCosts(undefined, policy.limits, [1, 1], now).outcomes.map((outcome) => outcome.allowed)
 */
export function applyCosts(
  state: BucketState | undefined,
  limits: readonly BucketLimit[],
  costs: readonly number[],
  now: number,
): Application {
  const outcomes = decideCosts(levelsAt(state, limits, now), limits, costs);
  if (!outcomes.some((outcome) => outcome.allowed)) return { outcomes, next: undefined };
  const updatedAt = state === undefined ? now : Math.max(state.updatedAt, now);
  return {
    outcomes,
    next: { updatedAt, levels: outcomes.at(-1)!.levels, unitsPerToken: limits.map((limit) => limit.unitsPerToken) },
  };
}

/** {@link applyCosts} on levels that are drained already. */
export function decideCosts(
  drained: readonly number[],
  limits: readonly BucketLimit[],
  costs: readonly number[],
): AppliedCost[] {
  // Nearly every list has one cost.
  if (costs.length === 1) return [decideCost(drained, limits, costs[0]!)];
  let levels = drained;
  return costs.map((cost): AppliedCost => {
    const allowed = fitsAll(limits, levels, cost);
    if (allowed) levels = chargeAll(limits, levels, cost);
    return { allowed, levels };
  });
}

function decideCost(drained: readonly number[], limits: readonly BucketLimit[], cost: number): AppliedCost {
  return fitsAll(limits, drained, cost)
    ? { allowed: true, levels: chargeAll(limits, drained, cost) }
    : { allowed: false, levels: drained };
}

/** The level of each limit at `now`, in units of today's policy. A limit that the state does not hold yet is at zero. */
export function levelsAt(
  state: BucketState | undefined,
  limits: readonly BucketLimit[],
  now: number,
): readonly number[] {
  return limits.map((limit, index) => {
    const level = state?.levels[index];
    return level === undefined ? 0 : levelAt(level, state!.unitsPerToken[index]!, state!.updatedAt, limit, now);
  });
}

/** What `level`, in units of which `unitsPerToken` make a token, has drained to between `since` and `now`, in units of `limit`. */
export function levelAt(level: number, unitsPerToken: number, since: number, limit: BucketLimit, now: number): number {
  return drain(convert(level, unitsPerToken, limit), limit, since, now);
}

/** The first microsecond at which every level is zero: from then on the state may be forgotten, and not before. */
export function emptyAt(state: BucketState, limits: readonly BucketLimit[]): number {
  return Math.max(
    state.updatedAt,
    ...limits.map((limit, index) => emptyMoment(state.updatedAt, limit, state.levels[index]!)),
  );
}

/** {@link emptyAt} of one limit whose level was `level` at `since`. */
export function emptyMoment(since: number, limit: BucketLimit, level: number): number {
  return (tickOf(since, limit) + drainTicks(limit, level)) * limit.tickMicros;
}

/** Ticks until `units` have drained. Exact: a quotient whose numerator is below 2^53 never rounds across a whole number. */
export function drainTicks(limit: BucketLimit, units: number): number {
  return Math.ceil(units / limit.drainPerTick);
}

/** Whether `cost` more tokens find room above `level`. */
export function fits(limit: BucketLimit, level: number, cost: number): boolean {
  return cost * limit.unitsPerToken <= limit.capacity - level;
}

/** The level after a cost that fits. One that gives tokens back stops at zero. */
export function charge(limit: BucketLimit, level: number, cost: number): number {
  return Math.max(0, level + cost * limit.unitsPerToken);
}

/** Whether `cost` more tokens find room in every limit. */
export function fitsAll(limits: readonly BucketLimit[], levels: readonly number[], cost: number): boolean {
  for (let index = 0; index < limits.length; index++) if (!fits(limits[index]!, levels[index]!, cost)) return false;
  return true;
}

/** {@link charge} of every limit. */
export function chargeAll(limits: readonly BucketLimit[], levels: readonly number[], cost: number): readonly number[] {
  if (levels.length === 1) return [charge(limits[0]!, levels[0]!, cost)];
  return levels.map((level, index) => charge(limits[index]!, level, cost));
}

/**
 * Costs that, decided in order, charge as many of `tokens` as fit, whatever the level: halves of halves. So one atomic
 * `apply` charges up to a full bucket.
 *
 * @example chargeUpTo(10) // [5, 3, 1, 1]
 */
export function chargeUpTo(tokens: number): number[] {
  const costs: number[] = [];
  for (let rest = tokens; rest > 0; rest = Math.floor(rest / 2)) costs.push(Math.ceil(rest / 2));
  return costs;
}

function drain(level: number, limit: BucketLimit, since: number, now: number): number {
  const ticks = tickOf(now, limit) - tickOf(since, limit);
  if (ticks <= 0) return level;
  // Compared before it is multiplied, so that no product leaves the safe integers.
  return ticks >= drainTicks(limit, level) ? 0 : level - limit.drainPerTick * ticks;
}

function tickOf(micros: number, limit: BucketLimit): number {
  return limit.tickMicros === 1 ? micros : Math.floor(micros / limit.tickMicros);
}

/** The same number of tokens in units of today's policy, rounded up and clamped, so that a change hands out nothing. */
function convert(level: number, unitsPerToken: number, limit: BucketLimit): number {
  if (unitsPerToken === limit.unitsPerToken) return Math.min(level, limit.capacity);
  const product = BigInt(level) * BigInt(limit.unitsPerToken);
  const divisor = BigInt(unitsPerToken);
  const converted = (product + divisor - 1n) / divisor;
  return converted > BigInt(limit.capacity) ? limit.capacity : Number(converted);
}
