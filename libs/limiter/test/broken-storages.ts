import { setImmediate as yieldOnce } from 'node:timers/promises';
import {
  applyRequest,
  emptyAt,
  levelsAt,
  readingAt,
  type Application,
  type ApplyRequest,
  type AppliedCost,
  type BucketLimit,
  type BucketReading,
  type BucketRequest,
  type BucketState,
  type Clock,
  type CostRequest,
  type LimiterStorage,
  type RateBucketLimit,
  type StoredRate,
} from '@rookery/limiter';

/** The limits that are rates: all that the cases of these storages use. */
const rates = ({ limits }: CostRequest): readonly RateBucketLimit[] =>
  limits.filter((limit): limit is RateBucketLimit => limit.kind === undefined || limit.kind === 'rate');

/** What identifies a rate. */
function ratesOf(
  limit: BucketLimit | undefined,
): Partial<Pick<StoredRate, 'drainPerTick' | 'unitsPerToken' | 'tickMicros'>> {
  if (limit === undefined || !('drainPerTick' in limit)) return {};
  const { drainPerTick, unitsPerToken, tickMicros } = limit;
  return { drainPerTick, unitsPerToken, tickMicros };
}

/** A state that holds these levels and nothing else. */
function withLevels(request: CostRequest, levels: readonly number[], now: number): BucketState {
  const limits = rates(request).map(({ drainPerTick, unitsPerToken, tickMicros, capacity }, index): StoredRate => ({
    kind: 'rate',
    drainPerTick,
    unitsPerToken,
    tickMicros,
    capacity,
    level: levels[index]!,
    blockedUntil: 0,
    seenAt: now,
  }));
  return { updatedAt: now, limits, leases: [] };
}

interface Stored {
  readonly state: BucketState;
  readonly version: number;
  readonly expiresAt: number;
}

/** A correct storage of the compare-and-set kind, whose every step lasts a turn of the event loop. The others break one step. */
export class CompareAndSetStorage implements LimiterStorage {
  readonly name: string = 'compare-and-set';
  readonly capabilities = { serverClock: true, multiKeyAtomic: false };
  protected readonly stored = new Map<string, Stored>();
  /** Which writes depend on what was read. */
  protected readonly compares: 'always' | 'existing' | 'never' = 'always';

  constructor(protected readonly clock: Clock) {}

  async apply(request: ApplyRequest): Promise<readonly AppliedCost[]> {
    const { key } = request;
    for (;;) {
      const before = await this.load(key);
      const { outcomes, next } = this.decide(before?.state, request);
      if (
        next === undefined ||
        (await this.swap(key, before, {
          state: next,
          version: (before?.version ?? 0) + 1,
          expiresAt: this.expiry(next),
        }))
      )
        return outcomes;
    }
  }

  async read({ key, limits }: BucketRequest): Promise<BucketReading> {
    return readingAt((await this.load(key))?.state, limits, this.clock());
  }

  async delete({ key }: Pick<BucketRequest, 'key'>): Promise<void> {
    await yieldOnce();
    this.stored.delete(key);
  }

  protected decide(state: BucketState | undefined, request: CostRequest): Application {
    return applyRequest(state, request, this.clock());
  }

  protected expiry(state: BucketState): number {
    return emptyAt(state);
  }

  protected async load(key: string): Promise<Stored | undefined> {
    await yieldOnce();
    const found = this.stored.get(key);
    return found !== undefined && found.expiresAt > this.clock() ? found : undefined;
  }

  protected async swap(key: string, before: Stored | undefined, next: Stored): Promise<boolean> {
    await yieldOnce();
    const compare = this.compares === 'always' || (this.compares === 'existing' && before !== undefined);
    if (compare && (await this.load(key))?.version !== before?.version) return false;
    this.stored.set(key, next);
    return true;
  }
}

/** Reads, then writes whatever has happened since. */
class LostUpdate extends CompareAndSetStorage {
  protected override readonly compares = 'never';
}

/** Compares only where there was something: concurrent first requests erase each other. */
class UnconditionalFirstWrite extends CompareAndSetStorage {
  protected override readonly compares = 'existing';
}

/** One token per `round(window / limit)` milliseconds. */
class RoundedInterval extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const rounded = rates(request).map(({ drainPerTick, unitsPerToken, capacity, tickMicros }): BucketLimit => {
      const micros = Math.max(1, Math.round((unitsPerToken * tickMicros) / drainPerTick / 1000)) * 1000;
      return { drainPerTick: 1, unitsPerToken: micros, capacity: (capacity / unitsPerToken) * micros, tickMicros: 1 };
    });
    return applyRequest(state, { ...request, limits: rounded }, this.clock());
  }
}

/** A time to live in whole seconds, rounded down. */
class ExpiresEarly extends CompareAndSetStorage {
  protected override expiry(state: BucketState): number {
    return Math.floor(super.expiry(state) / 1_000_000) * 1_000_000;
  }
}

/** Takes each reading of the clock as the new time of the bucket. */
class FollowsClockBack extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const { outcomes, next } = super.decide(state, request);
    return { outcomes, next: next && { ...next, updatedAt: this.clock() } };
  }
}

/** Takes the distance between two readings for elapsed time. */
class DrainsBackwards extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const elapsed = state === undefined ? 0 : Math.abs(this.clock() - state.updatedAt);
    return applyRequest(state, request, (state?.updatedAt ?? this.clock()) + elapsed);
  }
}

/** Charges each limit that has room, although another refuses. */
class ChargesInPart extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const whole = super.decide(state, request);
    const { limits, costs } = request;
    if (whole.next !== undefined || limits.length === 1) return whole;
    const charged = levelsAt(state, limits, this.clock()).map((level, index) =>
      Math.min(level + costs[0]! * limits[index]!.unitsPerToken, limits[index]!.capacity),
    );
    return { ...whole, next: withLevels(request, charged, this.clock()) };
  }
}

/** Fills the bucket with what it refuses. */
class ChargesRefusals extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const { outcomes, next } = super.decide(state, request);
    return {
      outcomes,
      next:
        next ??
        withLevels(
          request,
          request.limits.map((limit) => limit.capacity),
          this.clock(),
        ),
    };
  }
}

/** Judges all costs of a list by the level before the first. */
class JudgesListAtOnce extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const each = request.costs.map((cost) => super.decide(state, { ...request, costs: [cost] }));
    return { outcomes: each.flatMap((one) => one.outcomes), next: each.findLast((one) => one.next)?.next };
  }
}

/** Takes the units of the old policy for units of the new one. */
class IgnoresPolicyChange extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const renamed = state?.limits.map((stored, index) => ({ ...stored, ...ratesOf(request.limits[index]) }));
    return super.decide(state && { ...state, limits: renamed! }, request);
  }
}

/** Takes what is given back for nothing. */
class IgnoresRefund extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const { outcomes, next } = super.decide(state, request);
    return request.costs.some((cost) => cost < 0) ? { outcomes, next: state } : { outcomes, next };
  }
}

/** Lets the level fall below zero, so that more than the burst passes afterwards. */
class RefundsBelowZero extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const { limits, costs } = request;
    const [cost = 0] = costs;
    if (costs.length !== 1 || cost >= 0) return super.decide(state, request);
    const levels = levelsAt(state, limits, this.clock()).map(
      (level, index) => level + cost * limits[index]!.unitsPerToken,
    );
    return { outcomes: [{ allowed: true, levels }], next: withLevels(request, levels, this.clock()) };
  }

  protected override expiry(): number {
    return Infinity;
  }
}

/** Gives back by a write that depends on nothing. */
class LosesRefunds extends CompareAndSetStorage {
  override async apply(request: ApplyRequest): Promise<readonly AppliedCost[]> {
    if (request.costs[0]! >= 0) return super.apply(request);
    const before = await this.load(request.key);
    const { outcomes, next } = this.decide(before?.state, request);
    await yieldOnce();
    this.stored.set(request.key, {
      state: next!,
      version: (before?.version ?? 0) + 1,
      expiresAt: this.expiry(next!),
    });
    return outcomes;
  }
}

/** Charges one bucket after another, and gives nothing back. */
class ChargesSomeOfSeveral extends CompareAndSetStorage {
  override readonly capabilities = { serverClock: true, multiKeyAtomic: true };

  async applyAll(requests: readonly ApplyRequest[]): Promise<readonly AppliedCost[]> {
    const outcomes: AppliedCost[] = [];
    for (const request of requests) {
      outcomes.push(...(await this.apply(request)));
      if (!outcomes.at(-1)!.allowed) break;
    }
    return outcomes;
  }
}

/** After a write that was not confirmed it looks for its nonce, which every writer shares. */
class SharedNonce extends CompareAndSetStorage {
  protected override async swap(...[key, before, next]: Parameters<CompareAndSetStorage['swap']>): Promise<boolean> {
    return (await super.swap(key, before, next)) || (await this.load(key)) !== undefined;
  }
}

/** Changes the request before it is decided. */
abstract class Misreading extends CompareAndSetStorage {
  protected abstract misread(limit: BucketLimit): BucketLimit;

  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    return super.decide(state, { ...request, limits: request.limits.map((limit) => this.misread(limit)) });
  }

  override async read(request: BucketRequest): Promise<BucketReading> {
    return super.read({ ...request, limits: request.limits.map((limit) => this.misread(limit)) });
  }
}

/** Counts a quota in one period without end. */
class EndlessPeriod extends Misreading {
  protected override misread(limit: BucketLimit): BucketLimit {
    return limit.kind === 'quota'
      ? { ...limit, boundaries: [1, 2, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER] as const }
      : limit;
  }
}

/** Refuses, and blocks nobody. */
class NeverBlocks extends Misreading {
  protected override misread(limit: BucketLimit): BucketLimit {
    return limit.kind === 'concurrency' ? limit : { ...limit, blockMicros: 1 };
  }
}

/** Takes what was used beyond a full bucket for nothing. */
class ForgivesDebt extends Misreading {
  protected override misread(limit: BucketLimit): BucketLimit {
    return 'maxDebt' in limit ? { ...limit, maxDebt: 0 } : limit;
  }
}

/** Ends a lease for good only by a call. */
class KeepsLeases extends Misreading {
  protected override misread(limit: BucketLimit): BucketLimit {
    return limit.kind === 'concurrency' ? { ...limit, leaseMicros: 1e15 } : limit;
  }
}

/** Ends any lease, where the one that is named is over. */
class EndsAnyLease extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const endLease = request.endLease === undefined ? undefined : state?.leases[0];
    return super.decide(state, { ...request, endLease });
  }
}

/** Blocks anew at each refusal. */
class ProlongsBlocks extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const unblocked = state && { ...state, limits: state.limits.map((limit) => ({ ...limit, blockedUntil: 0 })) };
    const whole = super.decide(state, request);
    if (whole.outcomes.every(({ allowed }) => allowed) || unblocked === undefined) return whole;
    const full = unblocked.limits.map((limit) => ({ ...limit, level: limit.capacity }));
    const { next } = super.decide({ ...unblocked, limits: full }, request);
    return {
      ...whole,
      next: next && {
        ...next,
        limits: next.limits.map((limit, index) => ({
          ...limit,
          level: whole.next?.limits[index]?.level ?? limit.level,
        })),
      },
    };
  }
}

/** Holds a place for a call that was refused. */
class LeasesRefusals extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const whole = super.decide(state, request);
    const leased = request.limits.find((limit) => limit.kind === 'concurrency');
    if (leased === undefined || whole.next !== undefined) return whole;
    const before = state ?? { updatedAt: this.clock(), limits: [], leases: [] };
    return { ...whole, next: { ...before, leases: [...before.leases, this.clock() + 1_000_000] } };
  }
}

/** Keeps the limits of whoever wrote last alone. */
class ForgetsOtherReleases extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const { outcomes, next } = super.decide(state, request);
    return { outcomes, next: next && { ...next, limits: next.limits.slice(0, request.limits.length) } };
  }
}

/** Starts an unknown limit empty. */
class StartsAnew extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const known = state?.limits.filter((stored) =>
      rates(request).some(
        (limit) =>
          stored.kind === 'rate' &&
          stored.drainPerTick === limit.drainPerTick &&
          stored.unitsPerToken === limit.unitsPerToken,
      ),
    );
    return super.decide(state && { ...state, limits: known! }, request);
  }
}

/** Makes a level fit into the bucket of whoever reads it. */
class ClampsLevels extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const limits = state?.limits.map((stored, index) => {
      const capacity = request.limits[index]?.capacity ?? stored.capacity;
      return { ...stored, level: Math.min(stored.level, capacity) };
    });
    return super.decide(state && { ...state, limits: limits! }, request);
  }
}

/** Lets one token in beside a full bucket. */
class AdmitsOneTooMany extends Misreading {
  protected override misread(limit: BucketLimit): BucketLimit {
    return { ...limit, capacity: limit.capacity + limit.unitsPerToken };
  }
}

/** Counts a limit of milliseconds in microseconds. */
class IgnoresTicks extends Misreading {
  protected override misread(limit: BucketLimit): BucketLimit {
    return 'tickMicros' in limit ? { ...limit, tickMicros: 1 } : limit;
  }
}

/** Charges whoever looks. */
class ChargesReads extends CompareAndSetStorage {
  override async read(request: BucketRequest): Promise<BucketReading> {
    const reading = await super.read(request);
    await this.apply({ ...request, costs: [1] });
    return reading;
  }
}

class DeletesNothing extends CompareAndSetStorage {
  override async delete(): Promise<void> {
    await yieldOnce();
  }
}

class DeletesAll extends CompareAndSetStorage {
  override async delete(): Promise<void> {
    await yieldOnce();
    this.stored.clear();
  }
}

/** Forgets a bucket while a unit is left in it. */
class ForgetsLastUnit extends CompareAndSetStorage {
  protected override expiry(state: BucketState): number {
    return super.expiry(state) - 1;
  }
}

/** Hands out the fraction of a unit that a conversion leaves. */
class ConvertsRoundedDown extends CompareAndSetStorage {
  override async read(request: BucketRequest): Promise<BucketReading> {
    const before = (await this.load(request.key))?.state.limits[0];
    const { levels } = await super.read(request);
    const isConverted = before?.kind === 'rate' && before.unitsPerToken !== request.limits[0]!.unitsPerToken;
    return { levels: isConverted ? levels.map((level) => Math.max(0, level - 1)) : levels };
  }
}

/** Keeps levels in 32 bits. */
class SinglePrecision extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const { outcomes, next } = super.decide(state, request);
    const limits = next?.limits.map((limit) => ({ ...limit, level: Math.fround(limit.level) }));
    return { outcomes, next: next && { ...next, limits: limits! } };
  }
}

/** Refuses what was used already. */
class JudgesSettled extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    return super.decide(state, { ...request, settle: undefined });
  }
}

/** Cuts what is in use to the bucket of a policy that has become smaller. */
class CutsWhatIsAbove extends CompareAndSetStorage {
  protected override decide(state: BucketState | undefined, request: CostRequest): Application {
    const levels = levelsAt(state, request.limits, this.clock());
    if (request.limits.every(({ capacity }, index) => levels[index]! <= capacity)) return super.decide(state, request);
    const cut = levels.map((level, index) => Math.min(level, request.limits[index]!.capacity));
    const stored = withLevels(request, cut, this.clock());
    const { outcomes, next } = super.decide(stored, request);
    return { outcomes, next: next ?? stored };
  }
}

/** Each with the promise that it breaks. */
export const BROKEN_STORAGES: readonly (readonly [new (clock: Clock) => LimiterStorage, caught: string])[] = [
  [LostUpdate, 'admits exactly what has drained of many at once on a key that exists'],
  [UnconditionalFirstWrite, 'admits exactly the burst of many at once on a key that is new'],
  [SharedNonce, 'admits exactly the burst of many at once on a key that is new'],
  [RoundedInterval, 'admits 7 of 7 per second, and the next at the very microsecond'],
  [RoundedInterval, 'admits in any second of a steady flood no more than has drained'],
  [ExpiresEarly, 'keeps a bucket of less than a second until it has drained'],
  [FollowsClockBack, 'counts drained time once when the clock jumps back and comes again'],
  [DrainsBackwards, 'does not drain while the clock runs backwards'],
  [ChargesInPart, 'charges all limits of a bucket or none'],
  [ChargesRefusals, 'charges nothing for a refusal'],
  [JudgesListAtOnce, 'decides a list of costs in order, each by what is left'],
  [IgnoresPolicyChange, 'keeps the tokens in use when the limit is raised'],
  [IgnoresRefund, 'gives tokens back to every limit, whole and once'],
  [RefundsBelowZero, 'gives back no more than the bucket holds'],
  [LosesRefunds, 'loses no refund among charges that are made at once'],
  [EndlessPeriod, 'counts a quota by its periods, and gives it anew at the boundary'],
  [EndlessPeriod, 'decides every kind as the definition does, on random schedules'],
  [NeverBlocks, 'blocks for its blockFor once a token found no room, and no longer'],
  [ProlongsBlocks, 'blocks for its blockFor once a token found no room, and no longer'],
  [ForgivesDebt, 'charges a debt up to its bound, and has it paid off first'],
  [KeepsLeases, 'ends a lease that nobody ended, and then no other in its place'],
  [EndsAnyLease, 'holds no more calls at once than its limit, each until it is ended'],
  [EndsAnyLease, 'ends a lease that nobody ended, and then no other in its place'],
  [LeasesRefusals, 'decides limits of several kinds together: all are charged, or none'],
  [ForgetsOtherReleases, 'keeps what another release counts, and goes on draining it'],
  [StartsAnew, 'admits no more than the largest of the releases in any window, whatever their policies'],
  [ClampsLevels, 'admits, of releases beside each other, the larger of both: 100 in 10 s beside 10 in 1 s'],
  [AdmitsOneTooMany, 'admits exactly the burst, one after another'],
  [RoundedInterval, 'decides as exact rationals do, on schedules with jumps of the clock and several limits'],
  [ChargesReads, 'reads levels without charging'],
  [DeletesNothing, 'forgets a bucket that is deleted, and no other'],
  [DeletesAll, 'forgets a bucket that is deleted, and no other'],
  [ForgetsLastUnit, 'keeps a bucket until its last unit has drained'],
  [
    CutsWhatIsAbove,
    'keeps what is above the bucket when the limit is lowered, and drains by the new one from its first token on',
  ],
  [ConvertsRoundedDown, 'rounds up when levels are converted'],
  [SinglePrecision, 'is exact where the capacity is close to 2^53'],
  [IgnoresTicks, 'counts in milliseconds where the limit does'],
  [JudgesSettled, 'gives tokens of a quota back, and settles it up to a full one'],
  [ChargesSomeOfSeveral, 'charges several buckets or none, where it claims that'],
];
