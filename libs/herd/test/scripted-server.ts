import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** What the server does with a request that starts with the key of the entry; all else gets `VERSION 1.6.18`. */
export type Script = Record<string, string | ((socket: Socket) => void)>;

/** A TCP peer that answers each line by its script. Requests must come without data blocks. */
export async function startScriptedServer(script: Script) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.setEncoding('latin1');
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        const act = Object.entries(script).find(([start]) => line.startsWith(start))?.[1] ?? 'VERSION 1.6.18\r\n';
        if (typeof act === 'string') socket.write(Buffer.from(act, 'latin1'));
        else act(socket);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
