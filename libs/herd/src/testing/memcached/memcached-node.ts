import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

import { HerdOptionError } from '../../errors/option-error.js';
import { checked, checkShape, checkWhole } from '../../support/option-checks.js';
import { execute } from './commands.js';
import { ItemStore, itemBytes, maxItemBytes } from './item-store.js';
import { ReplyWriter } from './reply-writer.js';
import type { ReplyFaults } from './reply-writer.js';
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

/** A running node. */
export interface MemcachedNode {
  readonly host: string;
  readonly port: number;

  /** Sends each reply to a request from now on `ms` late, in order; 0 sends them at once again. */
  delayReplies(ms: number): void;

  /** Sends each reply from now on in packets of `bytes` bytes, as a slow network may tear it; 0 sends them whole again. */
  tearReplies(bytes: number): void;

  /** Drops the connections, and resolves once the port is free. */
  close(): Promise<void>;
}

/**
 * Starts a memcached server inside this process: the text protocol (get gets gat gats set add replace append prepend cas
 * delete incr decr touch stats version verbosity flush_all quit, with noreply) and its meta commands (mg ms md ma mn, with
 * all their flags), reply for reply as memcached 1.6.18 does.
 *
 * @example
 * const node = await startMemcachedNode({ now: () => clock });
 * const cache = await startHerd({ discovery: staticNodes([`${node.host}:${node.port}`]), driver: memcached() });
 *
 * node.delayReplies(300); // above the herd's deadline: what does the application do?
 *
 * @throws HerdOptionError for wrong options, and the error of `net.Server.listen` when the port is in use.
 */
export async function startMemcachedNode(options: MemcachedNodeOptions = {}): Promise<MemcachedNode> {
  const { host, port, maxBytes, now } = resolve(options);
  const store = new ItemStore(maxBytes, now);
  const counters = noCounts();
  const faults: ReplyFaults = { delayMs: 0, tearBytes: 0 };
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, store, counters, new ReplyWriter(socket, faults));
  });
  server.listen(port, host);
  await once(server, 'listening');
  server.on('error', () => undefined);
  return {
    host,
    port: (server.address() as AddressInfo).port,
    delayReplies: (ms) => void (faults.delayMs = checkedFault('delayReplies', 'milliseconds', ms)),
    tearReplies: (bytes) => void (faults.tearBytes = checkedFault('tearReplies', 'bytes', bytes)),
    close: () => close(server, sockets),
  };
}

const defaults = Object.freeze({ host: '127.0.0.1', port: 0, maxBytes: 64 * 1024 * 1024, now: Date.now });

const resolve = (given: MemcachedNodeOptions): Required<MemcachedNodeOptions> =>
  checked((problems) => {
    const options = { ...defaults, ...checkShape(problems, given, ['host', 'port', 'maxBytes', 'now']) };
    const { host, port, maxBytes, now } = options;
    problems.check(typeof host === 'string' && host !== '', 'host', host, `must be a host; leave it out for 127.0.0.1`);
    checkWhole(problems, 'port', port, [0, 65535], 'leave it out for a free one');
    checkWhole(problems, 'maxBytes', maxBytes, [1, Infinity], 'leave it out for 64 MiB');
    problems.check(typeof now === 'function', 'now', now, 'must be a function; leave it out for Date.now');
    return options;
  });

function checkedFault(method: string, unit: string, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value;
  const requirement = `must be whole ${unit} of 0 or more; pass 0 to end it`;
  throw new HerdOptionError([{ option: method, received: value, requirement }]);
}

function serve(socket: Socket, store: ItemStore, counters: Counters, replies: ReplyWriter): void {
  const limit = Math.min(maxItemBytes, store.maxBytes);
  const fits = ({ key, bytes, flags }: StoreHeader): boolean => itemBytes(key.length, bytes, flags) <= limit;
  const parser = new RequestParser(fits);
  let hungUp = false;
  counters.curr_connections++;
  counters.total_connections++;
  socket.on('error', () => socket.destroy());
  socket.on('close', () => counters.curr_connections--);
  socket.on('drain', () => socket.resume());
  socket.on('data', (chunk: Buffer) => {
    if (hungUp) return;
    socket.cork();
    for (const request of parser.feed(chunk)) {
      const reply = execute(request, store, counters);
      if (reply === 'hangUp') {
        hungUp = true;
        replies.end();
        break;
      }
      replies.write(reply);
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
