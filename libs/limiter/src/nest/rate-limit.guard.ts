import { Inject, Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import { markGuard } from './guards-before.js';
import type { RateLimitEnforcer } from './rate-limit.enforcer.js';
import { DEFAULT_LIMITER, getEnforcerToken } from './tokens.js';

/**
 * Applies the policies of `@RateLimit` and of `defaultPolicies`. Use it on a route, on a controller, for the whole
 * application, or all at once: a call is counted once per policy.
 *
 * @throws {@link RateLimitExceededException} 429, {@link RateLimitStorageException} 503, {@link RateLimitCostException} 400
 * @example { provide: APP_GUARD, useExisting: RateLimitGuard }
 * @example @UseGuards(RateLimitGuard)
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    @Inject(getEnforcerToken(DEFAULT_LIMITER))
    private readonly enforcer: { enforce(context: ExecutionContext): MaybePromise<true> },
  ) {}

  /** At once where the storage answers at once and nothing waits: a promise for each call would cost as much as the decision. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const passed = this.enforcer.enforce(context);
    return passed === true ? true : Promise.resolve(passed);
  }
}

markGuard(RateLimitGuard, DEFAULT_LIMITER);

/**
 * {@link RateLimitGuard} of the limiter of that name: it applies the `@RateLimit` that name it.
 *
 * @example @UseGuards(namedRateLimitGuard('partner')) @RateLimit('quota', { limiter: 'partner' })
 * @example { provide: APP_GUARD, useClass: namedRateLimitGuard('partner') }
 */
export function namedRateLimitGuard(name: string): Type<CanActivate> {
  @Injectable()
  class NamedRateLimitGuard extends RateLimitGuard {
    constructor(@Inject(getEnforcerToken(name)) enforcer: RateLimitEnforcer) {
      super(enforcer);
    }
  }
  markGuard(NamedRateLimitGuard, name);
  return NamedRateLimitGuard;
}
