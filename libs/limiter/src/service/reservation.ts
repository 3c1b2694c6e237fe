import { chargeUpTo } from '../algorithm/leaky-bucket.js';
import type { Decision } from '../contracts/decision.js';
import { LimiterSettleError } from '../errors/request-errors.js';

type ReservationState = { readonly kind: 'held'; readonly charged: number } | { readonly kind: 'settled' };

/**
 * Tokens that were charged before their true number is known. Never settled, they stay charged.
 *
 * @example
 * const reservation = await limiter.reserve('tokens', userId, { cost: 4000 });
 * if (!reservation.decision.allowed) throw new TooManyTokens(reservation.decision.retryAfterMs);
 * const { answer, used } = await model.ask(prompt);
 * await reservation.settle(used);
 */
export class Reservation {
  #state: ReservationState;

  /**
   * @internal
   * @param charge charges the bucket that the reservation was made in; negative costs give back
   */
  constructor(
    readonly decision: Decision,
    charged: number,
    private readonly charge: (costs: readonly number[]) => Promise<void>,
  ) {
    this.#state = { kind: 'held', charged };
  }

  /**
   * Gives back what was reserved above `used`, or charges the rest, at most to a full bucket: what was used can no longer
   * be refused. Only the first call counts.
   *
   * @param used tokens, a whole number of 0 or more
   * @throws {@link LimiterSettleError}
   * @throws {@link StorageUnavailableError} when the storage fails and `onStorageError` is `'closed'`; the reserved tokens stay charged
   */
  async settle(used: number): Promise<void> {
    if (!Number.isSafeInteger(used) || used < 0) throw new LimiterSettleError(this.decision.policy, used);
    if (this.#state.kind === 'settled') return;
    const rest = used - this.#state.charged;
    this.#state = { kind: 'settled' };
    if (rest !== 0) await this.charge(rest < 0 ? [rest] : chargeUpTo(rest));
  }
}

/** Several reservations that hold together: all were charged, or none. */
export interface CombinedReservation {
  readonly allowed: boolean;
  /** In the order of the call, up to the one that refused. */
  readonly reservations: readonly Reservation[];
}
