import 'reflect-metadata';

import type { CacheOptions } from '../contracts/cache.js';
import type { Ttl } from '../contracts/ttl.js';
import { checked } from '../support/option-checks.js';
import { defaultKey } from './default-key.js';
import { namespaceProperty } from './namespace-property.js';
import type { NamespaceChoice } from './namespace-property.js';
import { checkCachedOptions, checkEvictOptions } from './nest-options.js';

// Any method will do: its arguments are typed by `key`, where that is given.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Arguments = any[];
/** An asynchronous method. */
export type Method<Args extends Arguments, Result> = (...args: Args) => Promise<Result>;
/** A decorator for a {@link Method}. */
export type MethodDecoratorOf<Args extends Arguments> = <Result>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method<Args, Result>>,
) => void;

/** How `@Cached` keeps a result. */
export type CachedOptions<Args extends Arguments> = NamespaceChoice &
  CacheOptions &
  Readonly<{
    ttl: Ttl;
    /**
     * Default: the class, the method and its arguments; those that cannot be distinguished are refused. What the instance holds is no
     * part of it: give a `key(this: Users, id: number) {…}` where results depend on that, as of a request-scoped provider.
     */
    key?: (...args: Args) => string;
    /** Calls for which it gives false go past the cache. Default: none. */
    condition?: (...args: Args) => boolean;
  }>;

/** Which keys to drop: some, or `all` of the namespace. */
export type CacheEvictOptions<Args extends Arguments> = NamespaceChoice &
  (Readonly<{ key: (...args: Args) => string | readonly string[] }> | Readonly<{ all: true }>);

/**
 * Keeps what an asynchronous method resolves with, by `Namespace.getOrSet`. The class is a provider or controller of a
 * module that imports `HerdModule.forFeature([namespace])`.
 *
 * @example
 * @Cached({ namespace: 'users', ttl: '10m', key: (id: number) => `user:${id}` })
 * async find(id: number): Promise<User> { … }
 *
 * @throws HerdOptionError when the class is defined
 */
export function Cached<Args extends Arguments = Arguments>(options: CachedOptions<Args>): MethodDecoratorOf<Args> {
  checked((problems) => checkCachedOptions(problems, options));
  const { namespace, herd, ttl, key, condition, ...cache } = options;
  return (target, name, descriptor) => {
    checked((problems) =>
      problems.check(
        key !== undefined || typeof name === 'string',
        'key',
        name,
        'must be given for a method named by a symbol',
      ),
    );
    const namespaceOf = namespaceProperty(target, { namespace, ...(herd !== undefined && { herd }) });
    wrap(
      descriptor,
      (method) =>
        async function (this: object, ...args) {
          if (condition && !condition.apply(this, args)) return method.apply(this, args);
          const cacheOf = namespaceOf(this);
          const named = key
            ? key.apply(this, args)
            : defaultKey(cacheOf, { target, instance: this, method: String(name) }, args);
          return cacheOf.getOrSet(named, ttl, () => method.apply(this, args), cache);
        },
    );
  };
}

/**
 * Drops keys once the method has resolved.
 *
 * @example
 * @CacheEvict({ namespace: 'users', key: (user: User) => `user:${user.id}` })
 * async save(user: User): Promise<void> { … }
 */
export function CacheEvict<Args extends Arguments = Arguments>(
  options: CacheEvictOptions<Args>,
): MethodDecoratorOf<Args> {
  checked((problems) => checkEvictOptions(problems, options));
  return (target, _name, descriptor) => {
    const namespaceOf = namespaceProperty(target, options);
    wrap(
      descriptor,
      (method) =>
        async function (this: object, ...args) {
          const result = await method.apply(this, args);
          const namespace = namespaceOf(this);
          if (!('key' in options)) await namespace.clear();
          else await Promise.all([options.key.apply(this, args)].flat().map((key) => namespace.delete(key)));
          return result;
        },
    );
  };
}

/** Routes, guards and the like are remembered on the function itself: they go with it. */
function wrap<Args extends Arguments, Result>(
  descriptor: TypedPropertyDescriptor<Method<Args, Result>>,
  around: (method: Method<Args, Result>) => Method<Args, Result>,
): void {
  const method = descriptor.value!;
  const wrapped = around(method);
  Object.defineProperty(wrapped, 'name', { value: method.name });
  for (const key of Reflect.getMetadataKeys(method))
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), wrapped);
  descriptor.value = wrapped;
}
