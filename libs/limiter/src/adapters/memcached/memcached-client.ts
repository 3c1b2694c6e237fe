/** Names one version of one item. Only handed back, never looked into. */
export type MemcachedCasToken = string;

/** Whole seconds from now as a text, such as `'60s'`; 2 or more. Beyond 30 days memcached expects a time of day: the client must send one then. */
export type MemcachedLifetime = Readonly<{ ttl: `${number}s` }>;

/**
 * What the storage calls. The commands of a memcached herd have it; `memcachedPackageClient` makes it of the npm package
 * `memcached`.
 *
 * A command must reject, in bounded time, when no answer came. A dead node must be an error, never a miss or another node:
 * with a herd, pass `herd.withPolicy({ onNodeDown: 'error' })`. An answer in doubt is safe: `false` and `'exists'` are tried again.
 */
export interface MemcachedClient {
  gets(key: string): Promise<{ readonly value: unknown; readonly cas: MemcachedCasToken } | undefined>;
  /** Stores where there is nothing. @returns whether it was stored */
  add(key: string, value: string, lifetime: MemcachedLifetime): Promise<boolean>;
  /** Stores where nothing was stored since `token`. */
  cas(
    key: string,
    value: string,
    token: MemcachedCasToken,
    lifetime: MemcachedLifetime,
  ): Promise<'stored' | 'exists' | 'missing'>;
  delete(key: string): Promise<boolean>;
}
