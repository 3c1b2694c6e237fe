import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';

/**
 * What stands between a herd and its node: what was received is delivered, however late, though its sender has gone.
 *
 * @param certificate what it shows, where its clients are to come by TLS.
 */
export async function startDelayingProxy(target: number, certificate?: SecureContextOptions) {
  const state = {
    target,
    delayMs: 0,
    /** What becomes of what the node answers. */
    rewrite: (reply: Buffer): Buffer => reply,
  };
  const sockets = new Set<Socket>();
  const serve = (client: Socket): void => {
    const upstream = connect(state.target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    let last = Promise.resolve();
    client.on('data', (chunk) => {
      const arrives = new Promise<void>((resolve) => setTimeout(resolve, state.delayMs));
      last = last.then(() => arrives).then(() => void upstream.write(chunk));
    });
    client.on('close', () => void last.then(() => upstream.end()));
    upstream.on('data', (chunk) => client.writable && client.write(state.rewrite(chunk)));
    upstream.on('close', () => client.destroy());
  };
  const secured = certificate && createTlsServer(certificate, serve);
  const server = secured ?? createServer(serve);
  secured?.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${port}`,
    state,
    /** Shows another certificate from now on, to clients that have to come anew. */
    show(other: SecureContextOptions) {
      secured!.setSecureContext(other);
      drop();
    },
    drop,
    async close() {
      drop();
      server.close();
      await once(server, 'close');
    },
  };
}
