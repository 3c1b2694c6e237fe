import { periodBoundaries } from '../algorithm/calendar.js';
import type { Clock } from '../contracts/clock.js';
import { isPlain } from '../algorithm/room.js';
import type { Policy, ResolvedLimit, ResolvedRate } from '../contracts/policy.js';
import type { BucketKeys } from './bucket-key.js';

/** What is worked out once for a policy: the names of its buckets, and its limits at this moment. */
export class PolicyBuckets {
  #limits: readonly ResolvedLimit[];
  /** The limits hold between these two, in epoch microseconds. */
  #from: number;
  #until: number;
  readonly #isCalendar: boolean;
  /** Whether the policy limits calls at once, so that the caller must report when one is over. */
  readonly isLeased: boolean;

  /** Where the policy is one rate, enforced and without a block, as nearly all are. */
  readonly rate: ResolvedRate | undefined;

  constructor(
    policy: Policy,
    readonly keysOf: BucketKeys,
    private readonly wallClock: Clock,
  ) {
    this.#limits = policy.limits;
    this.isLeased = policy.limits.some(({ kind }) => kind === 'concurrency');
    const [first] = policy.limits;
    const isOneRate = policy.limits.length === 1 && policy.mode === 'enforce' && isPlain(policy.limits);
    this.rate = isOneRate && first!.kind === 'rate' ? first : undefined;
    this.#isCalendar = policy.limits.some(({ kind }) => kind === 'quota');
    this.#from = this.#until = 0;
  }

  /** The same list until a period of one of its quotas ends: a storage compares policies by their lists. */
  get limits(): readonly ResolvedLimit[] {
    if (!this.#isCalendar) return this.#limits;
    const now = this.wallClock();
    if (now < this.#from || now >= this.#until) this.#turnPage(now);
    return this.#limits;
  }

  #turnPage(now: number): void {
    let [from, until] = [0, Infinity];
    this.#limits = this.#limits.map((limit) => {
      if (limit.kind !== 'quota') return limit;
      const boundaries = periodBoundaries(limit.every, limit.timeZone, Math.floor(now / 1000));
      from = Math.max(from, boundaries[1]);
      until = Math.min(until, boundaries[2]);
      return { ...limit, boundaries };
    });
    [this.#from, this.#until] = [from, until];
  }
}
