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
  /** The class, or class and method, as messages name it. */
  readonly of: string;
  readonly skip: SkipDeclaration | undefined;
  readonly limits: readonly RateLimitDeclaration[];
}

/**
 * What is decorated: a class, or a method by its prototype and name. Not the method's function: another decorator may wrap it,
 * and a subclass may override it.
 */
export interface Decorated {
  readonly target: object;
  readonly key?: string | symbol | undefined;
}

const LIMITS = Symbol.for('rookery:limiter:rate-limit');
const SKIP = Symbol.for('rookery:limiter:skip-rate-limit');

export function declareLimit(decorated: Decorated, declaration: RateLimitDeclaration): void {
  // Decorators run from the last line to the first.
  define(LIMITS, [declaration, ...(own<readonly RateLimitDeclaration[]>(LIMITS, decorated) ?? [])], decorated);
}

export function declareSkip(decorated: Decorated, names: readonly string[]): void {
  const before = own<SkipDeclaration>(SKIP, decorated);
  const skip: SkipDeclaration = names.length === 0 || before === 'all' ? 'all' : [...names, ...(before ?? [])];
  define(SKIP, skip, decorated);
}

/**
 * The levels that hold for a handler, from the outermost: base classes, the class, the method of base classes that it
 * overrides, the method.
 */
export function levelsOf(controller: object, handler: object): DeclarationLevel[] {
  const classes = lineageOf(controller);
  const key = keyOf(controller, handler);
  const methods = classes
    .map((each) => (each as { readonly prototype?: object }).prototype)
    .filter((prototype) => prototype !== undefined)
    .map((target) => ({ target, key }));
  return [...classes.map((target) => ({ target })), ...methods].map(levelOf);
}

/** Of the class alone: neither of those that it extends, nor of its methods. */
export function ownLevelOf(controller: object): DeclarationLevel {
  return levelOf({ target: controller });
}

function levelOf(decorated: Decorated): DeclarationLevel {
  return {
    of: nameOf(decorated),
    skip: own<SkipDeclaration>(SKIP, decorated),
    limits: own<readonly RateLimitDeclaration[]>(LIMITS, decorated) ?? [],
  };
}

function nameOf({ target, key }: Decorated): string {
  const { name } = (key === undefined ? target : target.constructor) as { readonly name: string };
  return key === undefined ? name : `${name}.${String(key)}`;
}

/** The class and those that it extends, from the outermost. */
function lineageOf(controller: object): object[] {
  const classes: object[] = [];
  for (
    let target: object | null = controller;
    target !== null && target !== Function.prototype;
    target = Object.getPrototypeOf(target) as object | null
  )
    classes.unshift(target);
  return classes;
}

/** The name under which the controller has `handler`; its own name may be that of what wrapped it. */
function keyOf({ prototype }: { readonly prototype?: object }, handler: object): string | symbol {
  for (
    let target: object | null = prototype ?? null;
    target !== null && target !== Object.prototype;
    target = Object.getPrototypeOf(target) as object | null
  ) {
    const descriptors = Object.getOwnPropertyDescriptors(target) as Record<string | symbol, PropertyDescriptor>;
    const found = Reflect.ownKeys(descriptors).find((key) => descriptors[key]!.value === handler);
    if (found !== undefined) return found;
  }
  return (handler as { readonly name: string }).name;
}

function define(name: symbol, value: unknown, { target, key }: Decorated): void {
  if (key === undefined) Reflect.defineMetadata(name, value, target);
  else Reflect.defineMetadata(name, value, target, key);
}

function own<T>(name: symbol, { target, key }: Decorated): T | undefined {
  return (key === undefined ? Reflect.getOwnMetadata(name, target) : Reflect.getOwnMetadata(name, target, key)) as
    T | undefined;
}
