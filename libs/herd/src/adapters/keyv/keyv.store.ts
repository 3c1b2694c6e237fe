import type { Namespace } from '../../contracts/cache.js';
import type { Ttl } from '../../contracts/ttl.js';
import { HerdRequestError } from '../../errors/operation-errors.js';
import { checked, checkShape, hasMethod } from '../../support/option-checks.js';
import { checkTtl } from '../../support/ttl.js';

/** @property defaultTtl the life of what Keyv stores without one. Default: each needs one. */
export type KeyvStoreOptions = Readonly<{ defaultTtl?: Ttl }>;

/** The store that Keyv 5 and 6 work with; lives are in milliseconds. */
export interface KeyvStore {
  get(key: string): Promise<unknown>;
  getMany(keys: string[]): Promise<unknown[]>;
  set(key: string, value: unknown, ttlMs?: number): Promise<boolean>;
  setMany(entries: readonly { key: string; value: unknown; ttl?: number }[]): Promise<boolean[]>;
  delete(key: string): Promise<boolean>;
  deleteMany(keys: string[]): Promise<boolean[]>;
  has(key: string): Promise<boolean>;
  hasMany(keys: string[]): Promise<boolean[]>;
  clear(): Promise<void>;
}

/**
 * A namespace of a herd as the store of a Keyv, and so of `@nestjs/cache-manager`. Give each Keyv a namespace of its own:
 * its `clear()` drops the whole of it, and nothing else of the herd.
 *
 * @example
 * CacheModule.registerAsync({
 *   inject: [getHerdToken()],
 *   useFactory: (herd: Herd<MemcachedCommands>) => ({ stores: [new Keyv({ store: keyvStore(herd.namespace('http')), ttl: 60_000 })] }),
 * })
 *
 * @throws HerdOptionError
 */
export function keyvStore(namespace: Namespace, options: KeyvStoreOptions = {}): KeyvStore {
  const { defaultTtl } = resolve(namespace, options);
  const lifeOf = (key: string, ttl: Ttl | undefined = defaultTtl): Ttl => {
    if (ttl !== undefined) return ttl;
    throw new HerdRequestError({
      what: `Keyv stores ${JSON.stringify(key)} for ever`,
      remedy: 'give Keyv a ttl, or keyvStore() a defaultTtl',
    });
  };
  const getMany = async (keys: string[]): Promise<unknown[]> => {
    const found = await namespace.getMany(keys);
    return keys.map((key) => found.get(key));
  };
  return {
    get: (key) => namespace.get(key),
    getMany,
    set: async (key, value, ttlMs) => namespace.set(key, value, { ttl: lifeOf(key, ttlMs) }),
    setMany: async (entries) => {
      const byTtl = new Map<Ttl, [string, unknown][]>();
      for (const { key, value, ttl } of new Map(entries.map((entry) => [entry.key, entry])).values()) {
        const life = lifeOf(key, ttl);
        const alike = byTtl.get(life);
        if (alike) alike.push([key, value]);
        else byTtl.set(life, [[key, value]]);
      }
      const stored = await Promise.all([...byTtl].map(([ttl, alike]) => namespace.setMany(alike, { ttl })));
      return entries.map(({ key }) => stored.some((outcome) => outcome.get(key)));
    },
    delete: (key) => namespace.delete(key),
    deleteMany: async (keys) => {
      const deleted = await namespace.deleteMany(keys);
      return keys.map((key) => deleted.get(key)!);
    },
    has: async (key) => (await namespace.get(key)) !== undefined,
    hasMany: async (keys) => (await getMany(keys)).map((value) => value !== undefined),
    clear: async () => void (await namespace.clear()),
  };
}

const resolve = (namespace: unknown, given: KeyvStoreOptions): KeyvStoreOptions =>
  checked((problems) => {
    const isNamespace = hasMethod(namespace, 'clear') && hasMethod(namespace, 'getMany');
    problems.check(isNamespace, 'namespace', namespace, 'must be a namespace; pass herd.namespace(name)');
    const options = checkShape(problems, given, ['defaultTtl']);
    if (options.defaultTtl !== undefined) checkTtl(problems, 'defaultTtl', options.defaultTtl);
    return options;
  });
