import 'reflect-metadata';
import type { PolicyName } from '../contracts/policy.js';
import { checkMethod } from './decorated-method.js';
import { DEFAULT_LIMITER } from './tokens.js';
import { declareLimit, declareSkip, type Decorated, type RateLimitDeclaration } from './rate-limit.metadata.js';
import type { InlinePolicy, RateLimitSettings } from './rate-limit-options.js';
import { isObject } from '../support/is-object.js';

/**
 * Limits a controller or a handler by a policy of the module, or by one declared on the spot. Repeat it for several
 * policies; they are charged in the order in which they are written, all or none.
 *
 * Base class, class, the method that a subclass overrides, and handler add up. The same name closer to the handler replaces the
 * one further out.
 *
 * @example @RateLimit('api')
 * @example @RateLimit('api', { cost: 5, bucket: (c) => c.user.id })
 * @example @RateLimit({ name: 'export', limit: 10, per: '1h', cost: (c) => c.request.body.rows })
 */
export function RateLimit(policy: PolicyName, settings?: RateLimitSettings): ClassDecorator & MethodDecorator;
export function RateLimit(policy: InlinePolicy): ClassDecorator & MethodDecorator;
export function RateLimit(
  policy: PolicyName | InlinePolicy,
  settings: RateLimitSettings = {},
): ClassDecorator & MethodDecorator {
  const declaration = declarationOf(policy, settings);
  return onClassOrMethod(`@RateLimit('${declaration.name}')`, (decorated) => declareLimit(decorated, declaration));
}

function declarationOf(policy: PolicyName | InlinePolicy, settings: RateLimitSettings): RateLimitDeclaration {
  if (isObject(policy)) return { kind: 'inline', name: policy.name, limiter: limiterOf(policy), policy };
  return { kind: 'named', name: policy, limiter: limiterOf(settings), hooks: settings };
}

/** What is wrong is refused at start, with everything else. */
function limiterOf(settings: RateLimitSettings | null): string {
  const limiter = settings?.limiter;
  return limiter === undefined ? DEFAULT_LIMITER : limiter;
}

/**
 * Takes policies off a controller or a handler: all that come from further out (the module's `defaultPolicies`, base
 * classes, the class), or those named. A `@RateLimit` beside it still holds. A name that no module and no `@RateLimit` has stops
 * the application at start.
 *
 * @example @SkipRateLimit()          // every policy
 * @example @SkipRateLimit('api')
 */
export function SkipRateLimit(...policies: string[]): ClassDecorator & MethodDecorator {
  return onClassOrMethod('@SkipRateLimit', (decorated) => declareSkip(decorated, policies));
}

function onClassOrMethod(decorator: string, record: (decorated: Decorated) => void): ClassDecorator & MethodDecorator {
  return (target: object, key?: string | symbol) => {
    if (key !== undefined) checkMethod(decorator, target, key);
    record({ target, key });
  };
}
