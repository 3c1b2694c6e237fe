import type { BucketLimit } from '../contracts/limiter-storage.js';
import { compare, fraction, larger, minus, plus, times, ZERO, type Fraction } from './fraction.js';

interface Meter {
  readonly limit: BucketLimit;
  /** Of a rate: tokens in use at `at`. */
  tokens: Fraction;
  at: number;
  /** Of a quota: tokens by the start of their period. */
  readonly counts: Map<number, number>;
  blockedUntil: number;
}

/**
 * Limits of every kind by their definition: rates as exact rationals, quotas as a count for each period that ever was, leases as a
 * list. Slow, remembers all, and written unlike any storage, so that the two do not share a mistake. Its clock goes forward only.
 */
export class ReferencePolicy {
  readonly #meters: readonly Meter[];
  #leases: { readonly id: number; readonly until: number }[] = [];
  #nextLease = 1;

  constructor(limits: readonly BucketLimit[], now: number) {
    this.#meters = limits.map((limit) => ({
      limit,
      tokens: ZERO,
      at: now,
      counts: new Map<number, number>(),
      blockedUntil: 0,
    }));
  }

  /** @returns what names the lease of the call, 0 where it has none, or `undefined` where it is refused */
  consume(cost: number, now: number): number | undefined {
    this.#goTo(now);
    const lacking = this.#meters.filter((meter) => !this.#hasRoom(meter, cost, now));
    if (lacking.length === 0 && this.#meters.every(({ blockedUntil }) => blockedUntil <= now)) {
      for (const meter of this.#meters) this.#add(meter, cost, now);
      return this.#lease(now);
    }
    for (const meter of lacking)
      if (meter.limit.blockMicros !== undefined && meter.blockedUntil <= now)
        meter.blockedUntil = now + meter.limit.blockMicros;
    return undefined;
  }

  giveBack(tokens: number, now: number): void {
    this.#goTo(now);
    for (const meter of this.#meters) this.#add(meter, -tokens, now);
  }

  /** What was used already: as much of it as the bucket and its debt hold. */
  settle(tokens: number, now: number): void {
    this.#goTo(now);
    for (const meter of this.#meters) {
      const { limit } = meter;
      if (limit.kind === 'concurrency') continue;
      const debt = limit.kind === 'quota' ? 0 : (limit.maxDebt ?? 0);
      const ceiling = fraction(limit.capacity + debt, limit.unitsPerToken);
      const free = larger(ZERO, minus(ceiling, this.#used(meter, now)));
      const wanted = fraction(tokens);
      // A quota counts whole tokens, and so is its room.
      const added = compare(wanted, free) > 0n ? free : wanted;
      if (limit.kind === 'quota') this.#count(meter, Number(added.over / added.under), now);
      else meter.tokens = plus(meter.tokens, added);
    }
  }

  endLease(id: number): void {
    this.#leases = this.#leases.filter((lease) => lease.id !== id);
  }

  #goTo(now: number): void {
    for (const meter of this.#meters) {
      const { limit } = meter;
      if (limit.kind === 'quota' || limit.kind === 'concurrency') continue;
      const ticks = Math.floor(now / limit.tickMicros) - Math.floor(meter.at / limit.tickMicros);
      meter.tokens = larger(ZERO, minus(meter.tokens, times(fraction(limit.drainPerTick, limit.unitsPerToken), ticks)));
      meter.at = now;
    }
    this.#leases = this.#leases.filter(({ until }) => until > now);
  }

  #hasRoom(meter: Meter, cost: number, now: number): boolean {
    const { limit } = meter;
    if (limit.kind === 'concurrency') return this.#leases.length < limit.capacity;
    return compare(plus(this.#used(meter, now), fraction(cost)), fraction(limit.capacity, limit.unitsPerToken)) <= 0n;
  }

  #used(meter: Meter, now: number): Fraction {
    return meter.limit.kind === 'quota' ? fraction(meter.counts.get(periodStart(meter, now)) ?? 0) : meter.tokens;
  }

  #add(meter: Meter, tokens: number, now: number): void {
    if (meter.limit.kind === 'quota') this.#count(meter, tokens, now);
    else if (meter.limit.kind !== 'concurrency') meter.tokens = larger(ZERO, plus(meter.tokens, fraction(tokens)));
  }

  #count(meter: Meter, tokens: number, now: number): void {
    const start = periodStart(meter, now);
    meter.counts.set(start, Math.max(0, (meter.counts.get(start) ?? 0) + tokens));
  }

  #lease(now: number): number {
    for (const { limit } of this.#meters) {
      if (limit.kind !== 'concurrency') continue;
      this.#leases.push({ id: this.#nextLease, until: now + limit.leaseMicros });
      return this.#nextLease++;
    }
    return 0;
  }
}

function periodStart({ limit }: Meter, now: number): number {
  return limit.kind === 'quota' ? limit.boundaries.findLast((boundary) => boundary <= now)! : 0;
}
