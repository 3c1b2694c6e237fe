import type { Decision } from '../contracts/decision.js';
import { LimiterError } from './limiter-error.js';

/** A method with `@Limited` was called more often than its policy grants, and it has no `onLimited`. It did not run. */
export class CallLimitedError extends LimiterError {
  readonly code = 'LIMITER_CALL_LIMITED';

  constructor(
    /** The class and the method. */
    readonly method: string,
    readonly decision: Decision,
  ) {
    super(`${method} is limited by policy '${decision.policy}': retry in ${decision.retryAfterMs} ms`);
  }
}

/** A method with `@Limited` was called where no `LimiterModule` has started: it would not be limited. It did not run. */
export class CallNotReadyError extends LimiterError {
  readonly code = 'LIMITER_CALL_NOT_READY';

  constructor(readonly method: string) {
    super(
      `${method} has @Limited, and no LimiterModule has started for it: let Nest make its class, as a singleton, and call it from onApplicationBootstrap on`,
    );
  }
}
