import { Inject } from '@nestjs/common';
import { Limiter } from '../service/limiter.js';
import { RateLimitEnforcer } from './rate-limit.enforcer.js';

export const DEFAULT_LIMITER = 'default';

/** What to inject for a limiter by name, where a decorator does not fit: in `useFactory`, or from `app.get()`. */
export function limiterToken(name: string = DEFAULT_LIMITER): string | typeof Limiter {
  return name === DEFAULT_LIMITER ? Limiter : `rookery.limiter:${name}`;
}

/** @internal */
export function enforcerToken(name: string): string | typeof RateLimitEnforcer {
  return name === DEFAULT_LIMITER ? RateLimitEnforcer : `rookery.limiter.enforcer:${name}`;
}

/**
 * Injects the {@link Limiter} of the `LimiterModule` of that name.
 *
 * @example constructor(@InjectLimiter('partner') private readonly limiter: Limiter) {}
 */
export function InjectLimiter(name: string = DEFAULT_LIMITER): ParameterDecorator & PropertyDecorator {
  return Inject(limiterToken(name));
}
