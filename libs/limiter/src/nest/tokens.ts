import { Inject } from '@nestjs/common';

export const DEFAULT_LIMITER = 'default';

/**
 * What to inject for a limiter by name, where a decorator does not fit: in `useFactory`, from `app.get()`, or to override one
 * in a test. A package that is loaded twice, as ES modules and as CommonJS, gives the same token twice.
 */
export function getLimiterToken(name: string = DEFAULT_LIMITER): symbol {
  return Symbol.for(`rookery:limiter:${name}`);
}

/**
 * Injects the limiter of the `LimiterModule` of that name. The class alone injects the default one too.
 *
 * @example constructor(@InjectLimiter('partner') private readonly limiter: Limiter) {}
 */
export function InjectLimiter(name: string = DEFAULT_LIMITER): ParameterDecorator & PropertyDecorator {
  return Inject(getLimiterToken(name));
}

/** What the guard of the limiter `name` calls. */
export function getEnforcerToken(name: string): symbol {
  return Symbol.for(`rookery:limiter:${name}:enforcer`);
}

/** Inside one `LimiterModule`: the name of its limiter. */
export const LIMITER_NAME = Symbol.for('rookery:limiter:module:name');

/** Inside one `LimiterModule`: the limiter itself. */
export const MODULE_LIMITER = Symbol.for('rookery:limiter:module:limiter');

/** Inside one `LimiterModule`: its options, checked. */
export const RESOLVED_MODULE_OPTIONS = Symbol.for('rookery:limiter:module:options');
