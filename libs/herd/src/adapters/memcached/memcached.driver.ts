import type { Driver } from '../../contracts/driver.js';
import type { Herd } from '../../contracts/herd.js';
import { HerdOperationError } from '../../errors/operation-errors.js';
import { addHeld, readHeld } from './copies.js';
import { memcachedCommands } from './commands.js';
import { invalidate, memcachedNodeCommands, serverVersion } from './node-commands.js';
import type { MemcachedCommands, MemcachedNodeCommands } from './memcached-commands.js';
import { resolveMemcachedOptions } from './memcached-options.js';
import type { MemcachedOptions } from './memcached-options.js';
import { NodeClient } from './node-client.js';
import { lastMomentMs, leastTtlMs } from './ttl.js';

/** A herd of memcached nodes; `Herd<MemcachedCommands>` is enough where `on(node, …)` is not used for `stats` or `flush`. */
export type MemcachedHerd = Herd<MemcachedCommands, MemcachedNodeCommands>;

/** What {@link memcached} makes; its clients are internal. */
export type MemcachedDriver = Driver<object, MemcachedCommands, MemcachedNodeCommands>;

/**
 * memcached's text protocol through npm `memcached`, one client per node.
 *
 * @example HerdModule.forRoot({ discovery: staticNodes(['10.0.0.1:11211']), driver: memcached({ defaultTtl: '5m' }) })
 *
 * @throws HerdOptionError
 */
export function memcached(options: MemcachedOptions = {}): MemcachedDriver {
  const resolved = resolveMemcachedOptions(options);
  const driver: Driver<NodeClient, MemcachedCommands, MemcachedNodeCommands> = {
    name: 'memcached',
    codec: resolved.codec,
    leastTtlMs,
    lastMomentMs,
    open: (node) =>
      new NodeClient(node, { connectTimeoutMs: resolved.connectTimeoutMs, next: resolved.connection(node) }),
    ping: async (client) => void (await serverVersion(client)),
    abandon: (client) => client.abandon(),
    invalidate,
    copies: { read: readHeld, add: addHeld },
    close: (client) => Promise.resolve(client.close()),
    classify: (error) => (error instanceof HerdOperationError ? error.failure : 'request'),
    commands: (dispatch) => memcachedCommands(dispatch, resolved),
    nodeCommands: (dispatch) => memcachedNodeCommands(dispatch, resolved),
  };
  return driver;
}
