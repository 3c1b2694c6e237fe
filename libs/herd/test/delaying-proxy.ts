import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** What stands between a herd and its node: what was received is delivered, however late, though its sender has gone. */
export async function startDelayingProxy(target: number) {
  const state = { target, delayMs: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
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
    upstream.on('data', (chunk) => client.writable && client.write(chunk));
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    state,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
