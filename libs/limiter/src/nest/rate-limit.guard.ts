import { Inject, Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
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
    private readonly enforcer: { enforce(context: ExecutionContext): Promise<void> },
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.enforcer.enforce(context);
    return true;
  }
}

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
  return NamedRateLimitGuard;
}
