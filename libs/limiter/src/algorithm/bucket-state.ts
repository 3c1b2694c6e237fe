import type { BucketLimit, QuotaBucketLimit } from '../contracts/limiter-storage.js';

/** A rate as it was stored: what identifies it, and where it stood at the state's `updatedAt`. */
export interface StoredRate {
  readonly kind: 'rate';
  readonly drainPerTick: number;
  readonly unitsPerToken: number;
  readonly tickMicros: 1 | 1000;
  readonly capacity: number;
  readonly level: number;
  /** No token passes before it. 0: never blocked. */
  readonly blockedUntil: number;
  /** When a caller that has this limit wrote last. */
  readonly seenAt: number;
}

/** The count of one period of a quota. */
export interface StoredQuota {
  readonly kind: 'quota';
  /** Epoch microseconds, whatever the storage's clock counts from. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly capacity: number;
  readonly level: number;
  readonly blockedUntil: number;
  readonly seenAt: number;
}

export type StoredLimit = StoredRate | StoredQuota;

/** What is kept of a bucket, in microseconds of the storage's clock. */
export interface BucketState {
  readonly updatedAt: number;
  /** Of every release that uses the bucket, each once. */
  readonly limits: readonly StoredLimit[];
  /** When each lease is over, which is its name too. */
  readonly leases: readonly number[];
}

/** The time of a decision: the storage's clock, and the time of day for quotas, in microseconds. */
export interface Moment {
  readonly now: number;
  readonly wallNow: number;
}

/** A limit that no caller has used for so long, and for a whole drain of its own, is forgotten. */
const FORGET_MICROS = 3_600_000_000;
/** Limits of other callers that are kept at most: a policy that changes at every call must not fill a bucket. */
const MAX_OTHERS = 8;

/** Ticks until `units` have drained. Exact: a quotient whose numerator is below 2^53 never rounds across a whole number. */
export function drainTicks(limit: { readonly drainPerTick: number }, units: number): number {
  return Math.ceil(units / limit.drainPerTick);
}

function tickOf(micros: number, limit: { readonly tickMicros: number }): number {
  return limit.tickMicros === 1 ? micros : Math.floor(micros / limit.tickMicros);
}

type Drain = Pick<StoredRate, 'drainPerTick' | 'tickMicros'>;

/** What `level` has drained to between `since` and `now`. */
export function drain(level: number, limit: Drain, since: number, now: number): number {
  const ticks = tickOf(now, limit) - tickOf(since, limit);
  if (ticks <= 0) return level;
  // A product beyond 2^53 is rounded, but never to one below a level: where it is below, it is exact.
  const drained = limit.drainPerTick * ticks;
  return drained >= level ? 0 : level - drained;
}

/** The first microsecond at which a rate that stood at `level` at `since` is at zero. */
export function emptyMoment(since: number, limit: Drain, level: number): number {
  return (tickOf(since, limit) + drainTicks(limit, level)) * limit.tickMicros;
}

/** Whether `stored` counts what `limit` limits. */
export function isSame(stored: StoredLimit, limit: BucketLimit): boolean {
  if (limit.kind === 'concurrency') return false;
  if (limit.kind === 'quota') return stored.kind === 'quota' && periodOf(limit, stored) >= 0;
  return (
    stored.kind === 'rate' &&
    stored.drainPerTick === limit.drainPerTick &&
    stored.unitsPerToken === limit.unitsPerToken &&
    stored.tickMicros === limit.tickMicros
  );
}

/** The place of a stored period among those of the limit, or -1. */
function periodOf({ boundaries }: QuotaBucketLimit, { startsAt, endsAt }: StoredQuota): number {
  const place = boundaries.indexOf(startsAt);
  return place >= 0 && boundaries[place + 1] === endsAt ? place : -1;
}

/** The period that holds `wallNow`, or the nearest of those that are given. */
export function currentPeriod({ boundaries }: QuotaBucketLimit, wallNow: number): { startsAt: number; endsAt: number } {
  const place = wallNow < boundaries[1] ? 0 : wallNow < boundaries[2] ? 1 : 2;
  return { startsAt: boundaries[place], endsAt: boundaries[place + 1]! };
}

/** `state` at `moment`: rates drained, periods and leases that are over gone. */
export function settled(state: BucketState, { now, wallNow }: Moment): BucketState {
  return {
    updatedAt: Math.max(state.updatedAt, now),
    limits: state.limits
      .filter((limit) => limit.kind === 'rate' || limit.endsAt > wallNow)
      .map((limit) =>
        limit.kind === 'rate' ? { ...limit, level: drain(limit.level, limit, state.updatedAt, now) } : limit,
      ),
    leases: state.leases.filter((until) => until > now),
  };
}

/** Those of `others` that are to be kept. */
export function remembered(others: readonly StoredLimit[], now: number): readonly StoredLimit[] {
  const kept = others.filter((limit) => now < forgottenAt(limit));
  if (kept.length <= MAX_OTHERS) return kept;
  return kept.toSorted((a, b) => b.seenAt - a.seenAt).slice(0, MAX_OTHERS);
}

function forgottenAt(limit: StoredLimit): number {
  const whole =
    limit.kind === 'rate' ? drainTicks(limit, limit.capacity) * limit.tickMicros : limit.endsAt - limit.startsAt;
  return limit.seenAt + Math.max(FORGET_MICROS, whole);
}

/**
 * The first microsecond from which on the state may be forgotten, and not before.
 *
 * @param wallAhead how far the time of day is ahead of the storage's clock
 */
export function emptyAt(state: BucketState, wallAhead = 0): number {
  let last = state.updatedAt;
  for (const limit of state.limits) {
    const empty =
      limit.kind === 'rate'
        ? emptyMoment(state.updatedAt, limit, limit.level)
        : limit.level === 0
          ? 0
          : limit.endsAt - wallAhead;
    last = Math.max(
      last,
      limit.blockedUntil,
      limit.seenAt === state.updatedAt ? empty : Math.min(empty, forgottenAt(limit)),
    );
  }
  return Math.max(last, ...state.leases);
}

/** `state` of the future as if it were of `now`: levels are kept, and drain from now on; what blocks or is leased lasts as long as it would have. */
export function healed(state: BucketState, now: number): BucketState {
  const ahead = state.updatedAt - now;
  const back = (moment: number): number => Math.max(0, moment - ahead);
  return {
    updatedAt: now,
    limits: state.limits.map((limit) => ({
      ...limit,
      blockedUntil: back(limit.blockedUntil),
      seenAt: back(limit.seenAt),
    })),
    leases: state.leases.map(back),
  };
}
