import type { PolicyName } from '../contracts/policy.js';
import type { InlinePolicy, RateLimitHooks } from './rate-limit-options.js';

/** What one `@RateLimit` recorded. */
export type RateLimitDeclaration =
  | { readonly kind: 'named'; readonly name: PolicyName; readonly limiter: string; readonly hooks: RateLimitHooks }
  | { readonly kind: 'inline'; readonly name: string; readonly limiter: string; readonly policy: InlinePolicy };

/** What `@SkipRateLimit` recorded: every policy, or some by name. */
export type SkipDeclaration = 'all' | readonly string[];

/** The decorators of one class or one method, in the order in which they are written. */
export interface DeclarationLevel {
  readonly skip: SkipDeclaration | undefined;
  readonly limits: readonly RateLimitDeclaration[];
}

const LIMITS = Symbol.for('rookery:limiter:rate-limit');
const SKIP = Symbol.for('rookery:limiter:skip-rate-limit');

export function declareLimit(target: object, declaration: RateLimitDeclaration): void {
  // Decorators run from the last line to the first.
  Reflect.defineMetadata(LIMITS, [declaration, ...ownLimits(target)], target);
}

export function declareSkip(target: object, names: readonly string[]): void {
  const before = Reflect.getOwnMetadata(SKIP, target) as SkipDeclaration | undefined;
  const skip: SkipDeclaration = names.length === 0 || before === 'all' ? 'all' : [...names, ...(before ?? [])];
  Reflect.defineMetadata(SKIP, skip, target);
}

/** The levels that hold for a handler, from the outermost: base classes, the class, the method. */
export function levelsOf(controller: object, handler: object): DeclarationLevel[] {
  const classes: object[] = [];
  for (
    let target: object | null = controller;
    target !== null && target !== Function.prototype;
    target = Object.getPrototypeOf(target) as object | null
  ) {
    classes.unshift(target);
  }
  return [...classes, handler].map((target) => ({
    skip: Reflect.getOwnMetadata(SKIP, target) as SkipDeclaration | undefined,
    limits: ownLimits(target),
  }));
}

function ownLimits(target: object): readonly RateLimitDeclaration[] {
  return (Reflect.getOwnMetadata(LIMITS, target) as readonly RateLimitDeclaration[] | undefined) ?? [];
}
