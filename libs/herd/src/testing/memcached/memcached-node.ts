import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

import { execute } from './commands.js';
import { ItemStore, itemBytes, maxItemBytes } from './item-store.js';
import { RequestParser } from './request-parser.js';
import type { StoreHeader } from './request.js';
import { noCounts } from './statistics.js';
import type { Counters } from './statistics.js';

/** How to start a {@link MemcachedNode}. */
export interface MemcachedNodeOptions {
  /** Default `127.0.0.1`. */
  host?: string;
  /** Default 0: a free port. */
  port?: number;
  /** Bound on all items together, their overhead included; the least recently used go first. Default 64 MiB. */
  maxBytes?: number;
  /** Epoch milliseconds. Default `Date.now`; give your own to let items expire without waiting. */
  now?: () => number;
}

/** A running node. `close()` drops its connections and resolves once the port is free. */
export interface MemcachedNode {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts a memcached server inside this process: the text protocol (get gets gat gats set add replace append prepend cas
 * delete incr decr touch mn stats version verbosity flush_all quit, with noreply), reply for reply as memcached 1.6 does.
 *
 * @example
 * const node = await startMemcachedNode({ now: () => clock });
 * const cache = await startHerd({ discovery: staticNodes([`${node.host}:${node.port}`]), driver: memcached() });
 *
 * @throws the error of `net.Server.listen` when the port is in use.
 */
export async function startMemcachedNode(options: MemcachedNodeOptions = {}): Promise<MemcachedNode> {
  const { host = '127.0.0.1', port = 0, maxBytes = 64 * 1024 * 1024, now = Date.now } = options;
  const store = new ItemStore(maxBytes, now);
  const counters = noCounts();
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, store, counters);
  });
  server.listen(port, host);
  await once(server, 'listening');
  server.on('error', () => undefined);
  return { host, port: (server.address() as AddressInfo).port, close: () => close(server, sockets) };
}

function serve(socket: Socket, store: ItemStore, counters: Counters): void {
  const limit = Math.min(maxItemBytes, store.maxBytes);
  const fits = ({ key, bytes, flags }: StoreHeader): boolean => itemBytes(key.length, bytes, flags) <= limit;
  const parser = new RequestParser(fits);
  counters.curr_connections++;
  counters.total_connections++;
  socket.on('error', () => socket.destroy());
  socket.on('close', () => counters.curr_connections--);
  socket.on('drain', () => socket.resume());
  socket.on('data', (chunk: Buffer) => {
    if (socket.writableEnded) return;
    socket.cork();
    for (const request of parser.feed(chunk)) {
      const reply = execute(request, store, counters);
      if (reply === 'hangUp') {
        socket.destroySoon();
        break;
      }
      for (const part of reply) socket.write(part);
    }
    socket.uncork();
    // A client that sends without reading must not fill this process's memory.
    if (socket.writableNeedDrain) socket.pause();
  });
}

async function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = server.listening ? once(server, 'close') : Promise.resolve();
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
}
