import type { Driver } from '../../../contracts/driver.js';
import type { Herd } from '../../../contracts/herd.js';
import { HerdOperationError } from '../../../errors/operation-errors.js';
import { lastMomentMs, leastTtlMs } from '../ttl.js';
import { metaCommands } from './commands.js';
import { metaCopies } from './copies.js';
import { MetaClient } from './meta-client.js';
import type { MetaMemcachedCommands, MetaMemcachedNodeCommands } from './meta-memcached-commands.js';
import { invalidate, metaNodeCommands, ping } from './node-commands.js';
import { resolveMetaOptions } from './meta-options.js';
import type { MetaMemcachedOptions } from './meta-options.js';

/** A herd of memcached nodes; `Herd<MetaMemcachedCommands>` is enough where `on(node, …)` is not used for `stats` or `flush`. */
export type MetaMemcachedHerd = Herd<MetaMemcachedCommands, MetaMemcachedNodeCommands>;

/** What {@link metaMemcached} makes; its clients are internal. */
export type MetaMemcachedDriver = Driver<object, MetaMemcachedCommands, MetaMemcachedNodeCommands>;

/**
 * memcached's meta protocol (memcached 1.6.13 or later) on connections of its own: each request carries a number and its key,
 * which the answer must repeat.
 *
 * @example HerdModule.forRoot({ discovery: staticNodes(['10.0.0.1:11211']), driver: metaMemcached({ defaultTtl: '5m' }) })
 *
 * @throws HerdOptionError
 */
export function metaMemcached(options: MetaMemcachedOptions = {}): MetaMemcachedDriver {
  const resolved = resolveMetaOptions(options);
  const { connectTimeoutMs, connections } = resolved;
  const driver: Driver<MetaClient, MetaMemcachedCommands, MetaMemcachedNodeCommands> = {
    name: 'metaMemcached',
    codec: resolved.codec,
    leastTtlMs,
    lastMomentMs,
    open: (node) => new MetaClient(node, { connectTimeoutMs, connections, next: resolved.connection(node) }),
    ping,
    abandon: (client) => client.abandon(),
    invalidate,
    copies: metaCopies(resolved.now),
    close: (client) => Promise.resolve(client.close()),
    classify: (error) => (error instanceof HerdOperationError ? error.failure : 'request'),
    commands: (dispatch) => metaCommands(dispatch, resolved),
    nodeCommands: (dispatch) => metaNodeCommands(dispatch, resolved),
  };
  return driver;
}
