import type { Socket } from 'node:net';

import type { Node } from '../../contracts/node.js';
import type { ChunkReader } from '../../support/chunk-reader.js';
import { openSocket } from '../../support/open-socket.js';
import type { NextConnection } from '../../support/connection-setting.js';
import { within } from '../../support/within.js';
import type { MemcachedConnection } from './memcached-connection.js';

/** How the connections of one node are made. */
export type ConnectionPlan = Readonly<{ next: NextConnection<MemcachedConnection>; connectTimeoutMs: number }>;

const never = new AbortController().signal;

/**
 * Connects to `node`, and authenticates where the connection has a password. Everything has to be done by its deadline,
 * also where the settings of the connection are a promise.
 *
 * @param signal ends the attempt.
 * @param reader called with what the socket receives from then on, in place of its `data` events.
 */
export async function openConnection(
  node: Node,
  plan: ConnectionPlan,
  signal: AbortSignal = never,
  reader?: ChunkReader,
): Promise<Socket> {
  const late = (ms: number) => () => new Error(`no connection within ${ms} ms`);
  const { connectTimeoutMs } = plan;
  const next = async (): Promise<MemcachedConnection> => plan.next();
  const connection = await within(connectTimeoutMs, signal, late(connectTimeoutMs), next);
  const { host = node.host, port = node.port, connectTimeoutMs: ownMs = connectTimeoutMs } = connection;
  return within(ownMs, signal, late(ownMs), async (ending) => {
    const socket = await openSocket({ ...connection, host, port, reader }, ending);
    if (connection.username !== undefined) await authenticate(socket, connection, ending, reader);
    return socket;
  });
}

/** `memcached -Y` reads "user password" as the value of a first `set`, whatever its key. */
function authenticate(
  socket: Socket,
  connection: MemcachedConnection,
  signal: AbortSignal,
  reader: ChunkReader | undefined,
): Promise<void> {
  const { username, password } = connection;
  const words = Buffer.from(`${username} ${password}`);
  return new Promise((resolve, reject) => {
    let text = '';
    const settle = (error?: Error): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', settle).off('close', onClose).off('data', onData);
      reader?.listen(undefined);
      if (error === undefined) return resolve();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => settle(signal.reason as Error);
    const onClose = (): void => settle(new Error('it closed the connection during authentication'));
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (!text.includes('\n') && text.length < 1000) return;
      settle(text === 'STORED\r\n' ? undefined : new Error(`authentication failed: ${text.trim().slice(0, 100)}`));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', settle).once('close', onClose);
    if (reader) reader.listen(onData);
    else socket.on('data', onData);
    socket.write(Buffer.concat([Buffer.from(`set auth 0 0 ${words.length}\r\n`), words, Buffer.from('\r\n')]));
  });
}
