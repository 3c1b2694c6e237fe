import { LimiterError } from './limiter-error.js';

/** The source of policies gave none that is right, and there is no earlier one. `cause` is why. */
export class PolicyUnavailableError extends LimiterError {
  readonly code = 'LIMITER_POLICY_UNAVAILABLE';

  constructor(
    readonly policy: string,
    cause: unknown,
  ) {
    super(`policy '${policy}' is unavailable: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The `cause` when the source, or a function of the call, did not answer in time. */
export class PolicyTimeoutError extends Error {
  constructor(readonly timeoutMs: number) {
    super(`no policy within ${timeoutMs} ms`);
    this.name = 'PolicyTimeoutError';
  }
}
