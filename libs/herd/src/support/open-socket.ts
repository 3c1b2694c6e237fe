import { connect as connectPlain } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import type { ChunkReader } from './chunk-reader.js';
import type { Tls } from '../contracts/connection.js';
import { tlsOptionsOf } from './tls-options.js';

/** Where to connect: to `path` where it is set, a Unix socket, else to `host` and `port`. */
export type SocketTarget = Readonly<{
  host: string;
  port: number;
  path?: string | undefined;
  tls?: Tls | undefined;
  /** First TCP keep-alive probe after this much silence. */
  keepAliveMs?: number | undefined;
  /** Hears what the socket receives, in place of `data` events. */
  reader?: ChunkReader | undefined;
}>;

/**
 * Connects, with TLS where that is set.
 *
 * @param signal ends the attempt: it rejects with the signal's reason.
 * @returns the socket, ready for the first byte, without a listener.
 */
export function openSocket(target: SocketTarget, signal: AbortSignal): Promise<Socket> {
  const { host, port, path, tls, keepAliveMs, reader } = target;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const address = {
      ...(path === undefined ? { host, port, noDelay: true } : { path }),
      ...(reader && { onread: reader.onread }),
    };
    const secured = tlsOptionsOf(tls);
    const socket = secured ? connectTls({ ...address, ...secured }) : connectPlain(address);
    const ready = secured ? 'secureConnect' : 'connect';
    const release = (): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', fail).off('close', onClose).off(ready, onReady);
    };
    const fail = (error: Error): void => {
      release();
      // It may report more than one.
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason as Error);
    const onClose = (): void => fail(new Error('it closed the connection'));
    const onReady = (): void => {
      release();
      if (keepAliveMs !== undefined) socket.setKeepAlive(true, keepAliveMs);
      resolve(socket);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', fail).once('close', onClose).once(ready, onReady);
  });
}
