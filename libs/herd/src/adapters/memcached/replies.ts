import { HerdNodeError, HerdOverloadError, HerdRefusedError, HerdRequestError } from '../../errors/operation-errors.js';
import type { HerdOperationError } from '../../errors/operation-errors.js';
import { connectionRemedy } from '../../support/connection-remedy.js';
import { wireKey } from './key.js';
import type { Reply, ReplyValue } from './reply-parser.js';

/** @returns the line, where it is one of `expected`. @throws what the server complains of, by whose fault it is. */
export function lineOf<Line extends string>(reply: Reply, key: string, ...expected: readonly Line[]): Line {
  const line = reply.kind === 'line' ? reply.line : 'END';
  if ((expected as readonly string[]).includes(line)) return line as Line;
  throw complaint(line, key);
}

export function countOf(reply: Reply, key: string): number | undefined {
  const line = reply.kind === 'line' ? reply.line : 'END';
  if (line === 'NOT_FOUND') return undefined;
  if (!/^\d+$/.test(line)) throw complaint(line, key);
  if (Number.isSafeInteger(Number(line))) return Number(line);
  throw new HerdRequestError({
    what: `The counter ${JSON.stringify(key)} has passed 2^53 - 1`,
    received: line,
    remedy: 'begin it anew with set(key, 0, …)',
  });
}

/** @throws HerdNodeError for a value of another key than the command named: the connection's replies are out of step. */
export function valuesOf(
  reply: Reply,
  ...keys: readonly [string, ...string[]] | readonly string[]
): readonly ReplyValue[] {
  const [first = ''] = keys;
  if (reply.kind !== 'end') throw complaint(reply.line, first);
  if (reply.values.length === 0) return reply.values;
  const asked = new Set(keys.map(wireKey));
  const stray = reply.values.find(({ key }) => !asked.delete(key));
  if (!stray) return reply.values;
  throw new HerdNodeError({
    what: `memcached answered with ${JSON.stringify(stray.key)} to a question about ${JSON.stringify(first)}`,
    remedy: 'see what stands between this process and the server',
  });
}

export function statsOf(reply: Reply): Readonly<Record<string, string>> {
  if (reply.kind !== 'end') throw complaint(reply.line, '');
  return Object.fromEntries(
    reply.stats.map((row) => [row.slice(0, row.indexOf(' ')), row.slice(row.indexOf(' ') + 1)]),
  );
}

/**
 * An item too large is the caller's fault, a lack of memory the moment's; neither is the node's.
 *
 * @param needed the server that knows all commands of the driver.
 */
export function complaint(line: string, key: string, needed = 'memcached 1.4.8 or later'): HerdOperationError {
  const what = `memcached answered ${JSON.stringify(line)} about ${JSON.stringify(key)}`;
  if (/^SERVER_ERROR object too large/.test(line))
    return new HerdRequestError({ what, remedy: 'store less under one key, or start the server with a larger -I' });
  if (/^SERVER_ERROR .*out of memory/.test(line))
    return new HerdOverloadError({ what, remedy: 'give the server more memory (-m)' });
  if (/^SERVER_ERROR/.test(line))
    return new HerdOverloadError({ what, remedy: 'see what the server reports, or the proxy before it' });
  if (/^CLIENT_ERROR cannot increment/.test(line))
    return new HerdRequestError({ what, remedy: 'begin a counter with add(key, 0, { ttl })' });
  if (/^CLIENT_ERROR unauthenticated/.test(line))
    return new HerdRefusedError({ what, remedy: 'pass connection.username and connection.password' });
  // Said to a new connection, which is then closed.
  if (/^ERROR Too many open connections/.test(line))
    return new HerdNodeError({ what, remedy: connectionRemedy({ message: line }, '') });
  if (/^(?:CLIENT_)?ERROR/.test(line))
    return new HerdRequestError({ what, remedy: `see that the server is ${needed}` });
  return new HerdNodeError({ what, remedy: 'see that the server is memcached, not something else' });
}
