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
   * @param change charges the bucket that the reservation was made in; a negative cost gives back, and none only ends the lease
   */
  constructor(
    readonly decision: Decision,
    charged: number,
    private readonly leased: boolean,
    private readonly change: (cost: number) => Promise<void>,
  ) {
    this.#state = { kind: 'held', charged };
  }

  /**
   * Gives back what was reserved above `used`, or charges the rest, at most to a full bucket and the policy's `maxDebt`: what was
   * used can no longer be refused. Where the policy limits calls at once, this one is over. Only the first call counts.
   *
   * @param used tokens, a whole number of 0 or more
   * @throws {@link LimiterSettleError}
   * @throws {@link StorageUnavailableError} when the storage fails and `onStorageError` is `'closed'`; the reserved tokens stay charged
   */
  async settle(used: number): Promise<void> {
    if (!Number.isSafeInteger(used) || used < 0) throw new LimiterSettleError(this.decision.policy, used);
    if (this.#state.kind === 'held') await this.#end(used - this.#state.charged);
  }

  /** The call is over, and cost what was reserved. Throws as {@link Reservation.settle} does. */
  async release(): Promise<void> {
    if (this.#state.kind === 'held') await this.#end(0);
  }

  async #end(rest: number): Promise<void> {
    this.#state = { kind: 'settled' };
    if (rest !== 0 || this.leased) await this.change(rest);
  }
}

/** Several reservations that hold together: all were charged, or none. */
export interface CombinedReservation {
  readonly allowed: boolean;
  /** In the order of the call, up to the one that refused. */
  readonly reservations: readonly Reservation[];
}
