import type { AppliedCost, BucketLimit, BucketReading } from '../contracts/limiter-storage.js';
import {
  currentPeriod,
  isSame,
  remembered,
  settled,
  type BucketState,
  type Moment,
  type StoredLimit,
} from './bucket-state.js';
import { startingLevel } from './conversion.js';
import { charge, chargeUnits, fits, isPlain } from './room.js';

/** A limit of the request, with what is stored of it. */
interface Meter {
  readonly limit: BucketLimit;
  readonly stored: StoredLimit | undefined;
  level: number;
  blockedUntil: number;
}

/** One bucket while it is decided: what was stored, at the moment of the decision, for the limits of one policy. */
export class OpenBucket {
  /** Whether there is something to write. */
  changed = false;
  readonly #meters: readonly Meter[];
  /** What other releases count. */
  #others: readonly StoredLimit[];
  #leases: number[];

  private constructor(
    state: BucketState | undefined,
    private readonly limits: readonly BucketLimit[],
    private readonly moment: Moment,
    private readonly updatedAt: number,
  ) {
    const stored = state?.limits ?? [];
    this.#leases = [...(state?.leases ?? [])];
    this.#meters = limits.map((limit): Meter => {
      const same = stored.find((each) => isSame(each, limit));
      const level = same === undefined ? startingLevel(limit, limits, stored) : same.level;
      return { limit, stored: same, level, blockedUntil: same?.blockedUntil ?? 0 };
    });
    this.#others = stored.filter((each) => !this.#meters.some((meter) => meter.stored === each));
  }

  static of(state: BucketState | undefined, limits: readonly BucketLimit[], moment: Moment): OpenBucket {
    const now = state && settled(state, moment);
    return new OpenBucket(now, limits, moment, now?.updatedAt ?? moment.now);
  }

  endLease(lease: number): void {
    const left = this.#leases.filter((each) => each !== lease);
    this.changed ||= left.length < this.#leases.length;
    this.#leases = left;
  }

  decide(cost: number, settle: boolean): AppliedCost {
    if (cost > 0 && settle) return this.#force(cost);
    if (cost > 0 && !this.#admits(cost)) {
      this.#block(cost);
      return { allowed: false, ...this.reading() };
    }
    for (const meter of this.#meters) meter.level = charge(meter.limit, meter.level, cost);
    this.#chargeOthers(cost);
    const lease = cost > 0 ? this.#lease() : undefined;
    return { allowed: true, ...this.reading(), ...(lease === undefined ? {} : { lease }) };
  }

  reading(): BucketReading {
    const levels = this.#meters.map((meter) => this.#levelOf(meter));
    if (isPlain(this.limits)) return { levels };
    const { now } = this.moment;
    return {
      levels,
      waits: this.#meters.map((meter) => this.#waitOf(meter)),
      blocks: this.#meters.map((meter) => (this.#blocks(meter) ? meter.blockedUntil - now : 0)),
    };
  }

  close(): BucketState {
    const own = this.#meters.flatMap(({ limit, stored, level, blockedUntil }): StoredLimit[] => {
      if (limit.kind === 'concurrency') return [];
      const common = { capacity: limit.capacity, level, blockedUntil, seenAt: this.updatedAt };
      if (limit.kind === 'quota') {
        const { startsAt, endsAt } = stored?.kind === 'quota' ? stored : currentPeriod(limit, this.moment.wallNow);
        return [{ kind: 'quota', startsAt, endsAt, ...common }];
      }
      const { drainPerTick, unitsPerToken, tickMicros } = limit;
      return [{ kind: 'rate', drainPerTick, unitsPerToken, tickMicros, ...common }];
    });
    const others = remembered(this.#others, this.updatedAt);
    return { updatedAt: this.updatedAt, limits: [...own, ...others], leases: this.#leases };
  }

  #levelOf({ limit, level }: Meter): number {
    return limit.kind === 'concurrency' ? this.#leases.length : level;
  }

  #waitOf({ limit, stored }: Meter): number {
    const { now, wallNow } = this.moment;
    if (limit.kind === 'concurrency') return this.#leases.length === 0 ? 0 : Math.min(...this.#leases) - now;
    if (limit.kind !== 'quota') return 0;
    const { endsAt } = stored?.kind === 'quota' ? stored : currentPeriod(limit, wallNow);
    return Math.max(0, endsAt - wallNow);
  }

  /** A block is kept for the release that has it, and holds under a policy that blocks. */
  #blocks({ limit, blockedUntil }: Meter): boolean {
    return limit.blockMicros !== undefined && blockedUntil > this.moment.now;
  }

  #admits(cost: number): boolean {
    return this.#meters.every((meter) => !this.#blocks(meter) && fits(meter.limit, this.#levelOf(meter), cost));
  }

  /** A limit that lacks room, and does not block already, blocks from now on. */
  #block(cost: number): void {
    const { now } = this.moment;
    for (const meter of this.#meters) {
      const { blockMicros } = meter.limit;
      if (blockMicros === undefined || meter.blockedUntil > now || fits(meter.limit, meter.level, cost)) continue;
      meter.blockedUntil = now + blockMicros;
      this.changed = true;
    }
  }

  #force(cost: number): AppliedCost {
    for (const meter of this.#meters) {
      const { limit, level } = meter;
      if (limit.kind === 'concurrency') continue;
      const ceiling = limit.capacity + ((limit.kind !== 'quota' && limit.maxDebt) || 0);
      meter.level = Math.max(level, Math.min(ceiling, chargeUnits(limit.unitsPerToken, level, cost)));
    }
    this.#chargeOthers(cost);
    return { allowed: true, ...this.reading() };
  }

  #chargeOthers(cost: number): void {
    this.changed = true;
    this.#others = this.#others.map((each) => ({
      ...each,
      level: chargeUnits(each.kind === 'rate' ? each.unitsPerToken : 1, each.level, cost),
    }));
  }

  /** The end of the lease names it, so two never have the same. */
  #lease(): number | undefined {
    const limit = this.limits.find((each) => each.kind === 'concurrency');
    if (limit === undefined) return undefined;
    let until = this.moment.now + limit.leaseMicros;
    while (this.#leases.includes(until)) until++;
    this.#leases.push(until);
    return until;
  }
}
