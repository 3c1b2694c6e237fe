import type { Driver } from '../../contracts/driver.js';
import type { Herd } from '../../contracts/herd.js';
import { HerdOperationError } from '../../errors/operation-errors.js';
import { invalidate, ping, redisCommands, redisNodeCommands } from './commands.js';
import { NodeClient } from './node-client.js';
import type { RedisCommands, RedisNodeCommands } from './redis-commands.js';
import { resolveRedisOptions } from './redis-options.js';
import type { RedisOptions } from './redis-options.js';

/** A herd of Redis nodes; `Herd<RedisCommands>` is enough where `on(node, …)` is not used for `stats` or `flush`. */
export type RedisHerd = Herd<RedisCommands, RedisNodeCommands>;

/** What {@link redis} makes; its clients are internal. */
export type RedisDriver = Driver<object, RedisCommands, RedisNodeCommands>;

/**
 * Standalone Redis servers (or Valkey) through ioredis, one client per node: the herd spreads the keys.
 *
 * @example HerdModule.forRoot({ discovery: staticNodes(['10.0.0.1:6379', '10.0.0.2:6379']), driver: redis({ defaultTtl: '5m' }) })
 *
 * @throws HerdOptionError
 */
export function redis(options: RedisOptions = {}): RedisDriver {
  const resolved = resolveRedisOptions(options);
  const driver: Driver<NodeClient, RedisCommands, RedisNodeCommands> = {
    name: 'redis',
    open: (node) =>
      new NodeClient(node, { connectTimeoutMs: resolved.connectTimeoutMs, next: resolved.connection(node) }),
    ping,
    abandon: (client) => client.abandon(),
    invalidate,
    close: (client) => Promise.resolve(client.close()),
    classify: (error) => (error instanceof HerdOperationError ? error.failure : 'request'),
    commands: (dispatch) => redisCommands(dispatch, resolved),
    nodeCommands: (dispatch) => redisNodeCommands(dispatch, resolved),
  };
  return driver;
}
