import 'reflect-metadata';
import type { PolicyName } from '../../contracts/policy.js';
import { CallNotReadyError } from '../../errors/call-errors.js';
import { checkMethod } from '../decorated-method.js';
import type { LimitedCalls } from './limited-calls.js';
import type { LimitedDeclaration, LimitedOptions } from './limited-options.js';

const LIMITED = Symbol.for('rookery:limiter:limited');

type Method = (...args: unknown[]) => unknown;
/** A method whose first arguments are `Args`, and which may return what `onLimited` does. */
export type Limitable<Args extends unknown[], Rest extends unknown[], Whole, Result> = TypedPropertyDescriptor<
  (...args: [...Args, ...Rest]) => Promise<Whole>
> &
  ([Result] extends [Whole] ? unknown : { readonly onLimited: 'must return what the method returns' });

/** For each object that a module has bound: the function that counts, for each of its limited methods, and what it counts. */
interface Bound {
  readonly wrapper: Method;
  readonly calls: readonly LimitedCalls[];
}

interface Shared {
  readonly bound: WeakMap<object, Map<string | symbol, Bound>>;
  /** What `@Limited` put in the place of a method. */
  readonly wrappers: WeakSet<object>;
}

/** For the whole process, as decorator and module may come from two builds of this package. */
const SHARED = Symbol.for('rookery:limiter:limited:shared');
const { bound, wrappers } = ((globalThis as { [SHARED]?: Shared })[SHARED] ??= {
  bound: new WeakMap(),
  wrappers: new WeakSet(),
});

/**
 * Limits a method of any provider, such as one that sends mail, a queue's handler or a cron job: before it runs, its policy is
 * charged. A policy with `count: 'failures'` gives the tokens back where it succeeds. The method returns a promise.
 *
 * Repeat it for several policies: they are charged together, all or none. A method that overrides it keeps them; the same
 * policy closer to it replaces the one further out. A call by `super` is no call of its own.
 *
 * @example @Limited('mail', { key: (to: string) => to, onLimited: ({ retryAfterMs }) => ({ sent: false, retryAfterMs }) })
 */
export function Limited<Args extends unknown[] = [], Result = never>(
  policy: PolicyName,
  options: LimitedOptions<Args, Result> = {},
) {
  return <Rest extends unknown[], Whole>(
    target: object,
    key: string | symbol,
    descriptor: Limitable<Args, Rest, Whole, Result>,
  ): void => {
    checkMethod(`@Limited('${policy}')`, target, key);
    const before = (Reflect.getOwnMetadata(LIMITED, target, key) ?? []) as readonly LimitedDeclaration[];
    Reflect.defineMetadata(
      LIMITED,
      [{ policy, options } satisfies { policy: string; options: object }, ...before],
      target,
      key,
    );
    const method = descriptor.value as Method;
    if (wrappers.has(method)) return;
    (descriptor as PropertyDescriptor).value = wrap(method, target.constructor.name, key);
  };
}

/** What was recorded for a method of `prototype`, its own last. */
export function declarationsOf(prototype: object, key: string | symbol): LimitedDeclaration[] {
  const byPolicy = new Map<string, LimitedDeclaration>();
  for (const each of lineageOf(prototype)) {
    for (const declaration of (Reflect.getOwnMetadata(LIMITED, each, key) ?? []) as readonly LimitedDeclaration[])
      byPolicy.set(declaration.policy, declaration);
  }
  return [...byPolicy.values()];
}

/** Lets `instance` count the calls of its method `key`. */
export function bindCalls(instance: object, key: string | symbol, calls: readonly LimitedCalls[]): void {
  let wrapper = (instance as Record<string | symbol, Method>)[key]!;
  if (!wrappers.has(wrapper)) {
    // It overrides a limited one, without a decorator of its own.
    wrapper = wrap(wrapper, instance.constructor.name, key);
    Object.defineProperty(instance, key, { value: wrapper, configurable: true, writable: true });
  }
  const methods = bound.get(instance) ?? new Map<string | symbol, Bound>();
  bound.set(instance, methods.set(key, { wrapper, calls }));
}

function wrap(method: Method, className: string, key: string | symbol): Method {
  const wrapper = async function (this: object, ...args: unknown[]): Promise<unknown> {
    const found = bound.get(this)?.get(key);
    if (found === undefined) throw new CallNotReadyError(`${className}.${String(key)}`);
    // A call by `super`: the method that was called has been counted.
    if (found.wrapper !== wrapper) return method.apply(this, args);
    const run = found.calls.reduceRight<Method>(
      (next, calls) =>
        (...each) =>
          calls.run(this, next, each),
      method,
    );
    return await run.apply(this, args);
  };
  Object.defineProperty(wrapper, 'name', { value: method.name, configurable: true });
  // What decorators of queues and cron jobs recorded on the method.
  for (const name of Reflect.getMetadataKeys(method))
    Reflect.defineMetadata(name, Reflect.getMetadata(name, method), wrapper);
  wrappers.add(wrapper);
  return wrapper;
}

function lineageOf(prototype: object): object[] {
  const lineage: object[] = [];
  for (let each: object | null = prototype; each !== null; each = Object.getPrototypeOf(each) as object | null)
    lineage.unshift(each);
  return lineage;
}
