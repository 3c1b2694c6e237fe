import { compare, fraction, larger, minus, plus, times, ZERO, type Fraction } from './fraction.js';
import type { TestLimit } from './test-limit.js';

/**
 * The leaky bucket with nothing but its definition: tokens as exact rationals, `limit` of them draining per window. Slow,
 * and written unlike any storage, so that the two do not share a mistake.
 */
export class ReferenceBucket {
  #tokens: Fraction[];
  #at: number | undefined;

  constructor(private readonly limits: readonly TestLimit[]) {
    this.#tokens = limits.map(() => ZERO);
  }

  /** Tokens in the bucket of each limit at `now` (microseconds). */
  tokensAt(now: number): readonly Fraction[] {
    return this.limits.map((limit, index) => larger(ZERO, minus(this.#tokens[index]!, this.#drained(limit, now))));
  }

  consume(cost: number, now: number): boolean {
    const after = this.tokensAt(now).map((tokens) => plus(tokens, fraction(cost)));
    if (after.some((tokens, index) => compare(tokens, fraction(this.limits[index]!.burst)) > 0n)) return false;
    this.#tokens = after;
    this.#at = Math.max(this.#at ?? now, now);
    return true;
  }

  #drained({ limit, windowMs, tickMicros = 1 }: TestLimit, now: number): Fraction {
    const ticks = Math.floor(now / tickMicros) - Math.floor((this.#at ?? now) / tickMicros);
    return times(fraction(BigInt(limit) * BigInt(tickMicros), BigInt(windowMs) * 1000n), Math.max(0, ticks));
  }
}
