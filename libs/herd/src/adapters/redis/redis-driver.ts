import type { Driver } from '../../contracts/driver.js';
import type { Node } from '../../contracts/node.js';
import { HerdOperationError } from '../../errors/operation-errors.js';
import { redisCommands } from './commands.js';
import { invalidate, ping, redisNodeCommands } from './node-commands.js';
import { redisCopies } from './copies.js';
import type { NodeClient } from './node-client.js';
import type { RedisCommands, RedisNodeCommands } from './redis-commands.js';
import type { ResolvedRedisOptions } from './redis-options.js';

/** A driver whose clients are made by `open`, whatever leads to their servers. */
export const redisDriver = (
  name: string,
  options: ResolvedRedisOptions,
  open: (node: Node) => NodeClient,
): Driver<NodeClient, RedisCommands, RedisNodeCommands> => ({
  name,
  codec: options.codec,
  open,
  ping,
  abandon: (client) => client.abandon(),
  invalidate,
  unusedKey: (client, beginning) => client.unusedKey(beginning),
  copies: redisCopies,
  close: (client) => Promise.resolve(client.close()),
  classify: (error) => (error instanceof HerdOperationError ? error.failure : 'request'),
  commands: (dispatch) => redisCommands(dispatch, options),
  nodeCommands: (dispatch) => redisNodeCommands(dispatch, options),
});
