import type { NodeDispatch } from '../../contracts/dispatch.js';
import { HerdNodeError } from '../../errors/operation-errors.js';
import { redisCommands } from './commands.js';
import { chunks } from './key.js';
import type { NodeClient } from './node-client.js';
import type { RedisNodeCommands } from './redis-commands.js';
import type { ResolvedRedisOptions } from './redis-options.js';

/** The commands of one node. */
export function redisNodeCommands(
  dispatch: NodeDispatch<NodeClient>,
  options: ResolvedRedisOptions,
): RedisNodeCommands {
  const stats = () => dispatch.run(info);
  return {
    ...redisCommands(dispatch, options),
    stats,
    flush: () =>
      dispatch.run((client) =>
        client.send(
          'FLUSHDB',
          (redis) => redis.flushdb(),
          () => undefined,
        ),
      ),
    version: async () => (await stats()).redis_version ?? 'unknown',
  };
}

/**
 * Asks for a write that changes nothing, as a server that accepts none is of no use: a replica answers PING as well.
 *
 * @throws HerdNodeError unless the server answers as a Redis that accepts writes does.
 */
export async function ping(client: NodeClient): Promise<void> {
  const key = client.spareKey;
  const answer = await client.send(key, (redis) => redis.unlink(key).catch(permitted), same);
  if (answer !== 0)
    throw new HerdNodeError({
      what: 'The server did not answer UNLINK of nothing by 0',
      received: answer,
      remedy: 'see that the server is Redis, not something else',
    });
}

/** A user who may not write such keys may write others. */
function permitted(error: Error): number {
  if (error.message.startsWith('NOPERM ')) return 0;
  throw error;
}

/** Deletes `keys`. */
export async function invalidate(client: NodeClient, keys: readonly string[]): Promise<void> {
  await Promise.all(
    chunks(keys, client.keysPerCommand).map((chunk) =>
      client.send(chunk[0]!, (redis) => redis.unlink([...chunk]), same),
    ),
  );
}

async function info(client: NodeClient): Promise<Readonly<Record<string, string>>> {
  const text = await client.send('INFO', (redis) => redis.info(), same);
  const rows = text.split('\r\n').filter((row) => /^\w+:/.test(row));
  return Object.fromEntries(rows.map((row) => [row.slice(0, row.indexOf(':')), row.slice(row.indexOf(':') + 1)]));
}

const same = <Reply>(reply: Reply): Reply => reply;
