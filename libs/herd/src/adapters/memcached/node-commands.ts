import type { NodeDispatch } from '../../contracts/dispatch.js';
import { memcachedCommands } from './commands.js';
import { wireKey } from './key.js';
import type { MemcachedNodeCommands } from './memcached-commands.js';
import type { ResolvedMemcachedOptions } from './memcached-options.js';
import type { NodeClient } from './node-client.js';
import { lineOf, statsOf } from './replies.js';

/** The commands of one node. */
export function memcachedNodeCommands(
  dispatch: NodeDispatch<NodeClient>,
  options: ResolvedMemcachedOptions,
): MemcachedNodeCommands {
  return {
    ...memcachedCommands(dispatch, options),
    stats: () => dispatch.run((client) => client.send('stats', statsOf)),
    flush: () => dispatch.run((client) => client.send('flush_all', (reply) => void lineOf(reply, 'flush_all', 'OK'))),
    version: () => dispatch.run((client) => serverVersion(client)),
  };
}

/** @throws HerdNodeError unless the server answers as memcached does. */
export function serverVersion(client: NodeClient): Promise<string> {
  return client.send(
    'version',
    (reply) => (reply.kind === 'line' ? /^VERSION (.*)$/.exec(reply.line)?.[1] : undefined) ?? lineOf(reply, 'version'),
  );
}

/** Deletes `keys`. */
export async function invalidate(client: NodeClient, keys: readonly string[]): Promise<void> {
  const remove = (key: string) =>
    client.send(`delete ${wireKey(key)}`, (reply) => lineOf(reply, key, 'DELETED', 'NOT_FOUND'));
  await Promise.all(keys.map(remove));
}
