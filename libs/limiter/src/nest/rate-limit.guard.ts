import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { RateLimitEnforcer } from './rate-limit.enforcer.js';

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
  constructor(@Inject(RateLimitEnforcer) private readonly enforcer: RateLimitEnforcer) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.enforcer.enforce(context);
    return true;
  }
}
