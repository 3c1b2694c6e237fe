import { LimiterError } from './limiter-error.js';
import { received } from './received.js';

/** The cost is no whole number from 1 to the policy's smallest burst: it could never pass, so it is no 429. */
export class LimiterCostError extends LimiterError {
  readonly code = 'LIMITER_COST';

  constructor(
    readonly policy: string,
    readonly cost: unknown,
    readonly maxCost: number,
  ) {
    const remedy = cost === 0 ? ': peek charges nothing, and returns what would pass' : '';
    super(
      `cost must be a whole number from 1 to ${maxCost}, the burst of policy '${policy}'${remedy} (got ${received(cost)})`,
    );
  }
}

/** What a reservation was settled with is no count of tokens. Nothing was changed, so it can be settled again. */
export class LimiterSettleError extends LimiterError {
  readonly code = 'LIMITER_SETTLE';

  constructor(
    readonly policy: string,
    readonly used: unknown,
  ) {
    super(
      `used must be a whole number of 0 or more, the tokens that policy '${policy}' is to charge (got ${received(used)})`,
    );
  }
}

/** The call would count until its lease is over, as nothing reports its end. Nothing was charged. */
export class LimiterLeaseError extends LimiterError {
  readonly code = 'LIMITER_LEASE';

  constructor(readonly policy: string) {
    super(
      `policy '${policy}' limits calls at once: use reserve, and release or settle the reservation when the call is over`,
    );
  }
}

export class LimiterKeyError extends LimiterError {
  readonly code = 'LIMITER_KEY';

  constructor(
    readonly policy: string,
    readonly key: unknown,
  ) {
    super(`key of policy '${policy}' must be a string that is not empty (got ${received(key)})`);
  }
}

export class UnknownPolicyError extends LimiterError {
  readonly code = 'LIMITER_UNKNOWN_POLICY';

  constructor(
    readonly policy: unknown,
    readonly known: readonly string[],
    /** The one that was likely meant. */
    readonly nearest?: string,
  ) {
    const names = known.map((name) => `'${name}'`).join(', ') || "the options' policies, which are none";
    const meant = nearest === undefined ? '' : `: did you mean '${nearest}'?`;
    super(`policy must be one of ${names}${meant} (got ${received(policy)})`);
  }
}

/** As many calls wait in this process as may: one more booked no place. */
export class LimiterWaitersError extends LimiterError {
  readonly code = 'LIMITER_WAITERS';

  constructor(
    readonly policy: string,
    readonly maxWaiters: number,
  ) {
    super(
      `no more than ${maxWaiters} calls wait at once, and one more came for policy '${policy}': raise maxWaiters, or call less`,
    );
  }
}
