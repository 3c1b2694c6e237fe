import { addressOf } from '../../support/nodes.js';
import type { Node } from '../../contracts/node.js';
import { writeTogether } from '../../support/write-together.js';
import { messageOf } from '../../support/message-of.js';
import { HerdNodeError } from '../../errors/operation-errors.js';
import type { MemcachedConnection } from './memcached-options.js';
import { NpmMemcached } from './npm-memcached.js';
import type { ConnectCallback, MemcachedSocket, Query } from './npm-memcached.js';
import { ReplyParser } from './reply-parser.js';
import type { Reply } from './reply-parser.js';

/** Health, retries and routing are the herd's: npm `memcached` is configured to do none of its own. */
const passive = {
  failures: 1e9,
  retry: 1,
  retries: 0,
  minTimeout: 10,
  maxTimeout: 50,
  idle: 300_000,
  remove: false,
  poolSize: 1,
};

/** After these the server and this client may count replies differently; only an `incr` of a non-number is safe. */
const unsafeReply = /^(?:ERROR|CLIENT_ERROR (?!cannot increment))/;

/**
 * npm `memcached` for one node, on one pipelined connection, with three of its parts replaced, each for a defect that no
 * option avoids:
 *
 * - the reading of replies. It splits on CR LF inside values and then waits for ever, parses JSON in the data handler
 *   where a throw ends the process, and decodes UTF-8 before it counts bytes. Here a byte-exact parser reads.
 * - `connect`. It gives each waiting command its own connection while the first is being made, and refuses those above
 *   its pool's size. Here all wait for one attempt.
 * - `connectionIssue`. It stops all use of the node after one `SERVER_ERROR`, and runs the `ping` program.
 *
 * Text goes both ways as latin1, one character per byte, so that values arrive as they are.
 */
export class NodeClient extends NpmMemcached {
  /** Rises with each connection. */
  epoch = 0;
  private socket: MemcachedSocket | undefined;
  private waiting: ConnectCallback[] = [];
  private closed = false;
  private readonly server: string;

  constructor(
    private readonly node: Node,
    private readonly connection: MemcachedConnection & { connectTimeoutMs: number },
  ) {
    const server = serverName({ ...node, ...connection });
    super(server, { ...passive, timeout: connection.connectTimeoutMs });
    this.server = server;
  }

  /** Sends one command (latin1, without its last CR LF), and resolves with what `read` makes of the server's reply. */
  send<Answer>(command: string, read: (reply: Reply) => Answer): Promise<Answer> {
    if (this.closed) return Promise.reject(this.error('is closed'));
    return new Promise((resolve, reject) => {
      const callback: Query['callback'] = (error, reply) => {
        if (error) return reject(error instanceof HerdNodeError ? error : this.error('cannot be reached', error));
        try {
          resolve(read(reply as Reply));
        } catch (complaint) {
          // What does not answer its command is out of step, and so is all that follows.
          if (complaint instanceof HerdNodeError) this.abandon('answered out of step');
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what was thrown is passed on as it is
          reject(complaint);
        }
      };
      this.command(() => ({ command, callback }), this.server);
    });
  }

  /** Whether a command sent now goes over the connection `epoch`. */
  isOn(epoch: number): boolean {
    return this.epoch === epoch && this.socket?.readyState === 'open';
  }

  /** Rejects what is in flight, and never uses this connection again. */
  abandon(why = 'was given up on after a deadline'): void {
    const error = this.error(why);
    const { socket, waiting } = this;
    this.release();
    if (socket) drop(socket, error);
    for (const callback of waiting) callback(error, noSocket);
  }

  close(): void {
    this.closed = true;
    this.abandon('is closed');
  }

  override connect(server: string, callback: ConnectCallback): void {
    if (this.socket?.readyState === 'open') return callback(undefined, this.socket);
    this.waiting.push(callback);
    if (this.waiting.length > 1) return;
    const { waiting } = this;
    super.connect(server, (error, socket) => {
      if (waiting !== this.waiting || error || !socket) return this.refused(waiting, error, socket);
      this.waiting = [];
      this.use(socket);
      for (const ready of waiting) ready(undefined, socket);
    });
  }

  override connectionIssue(): void {
    // The pool that uses this client judges the node.
  }

  private refused(waiting: ConnectCallback[], error: unknown, socket: MemcachedSocket | false | undefined): void {
    if (socket) socket.destroy();
    if (waiting !== this.waiting) return;
    this.release();
    const refusal = this.error('cannot be reached', error);
    for (const callback of waiting) callback(refusal, noSocket);
  }

  private use(socket: MemcachedSocket): void {
    const parser = new ReplyParser();
    this.socket = socket;
    this.epoch++;
    if (this.connection.keepAliveMs !== undefined) socket.setKeepAlive(true, this.connection.keepAliveMs);
    socket.unref();
    socket.setEncoding('latin1');
    socket.setDefaultEncoding('latin1');
    writeTogether(socket);
    socket.removeAllListeners('data');
    socket.on('data', (chunk: unknown) => this.read(socket, parser, chunk as string));
    socket.once('close', () => {
      if (this.socket === socket) this.release();
      drop(socket, this.error('closed the connection'));
    });
  }

  private read(socket: MemcachedSocket, parser: ReplyParser, chunk: string): void {
    try {
      for (const reply of parser.feed(chunk)) {
        const query = socket.metaData.shift();
        if (!query) throw new Error('a reply that nothing asked for');
        query.callback(undefined, reply);
        if (reply.kind === 'line' && unsafeReply.test(reply.line))
          throw new Error(`it refused a command (${reply.line})`);
      }
    } catch (error) {
      if (this.socket === socket) this.release();
      drop(socket, this.error(`sent ${messageOf(error)}`));
    }
  }

  /** The next command starts with a connection of its own, and a connection pool that knows of no failure. */
  private release(): void {
    this.socket = undefined;
    this.waiting = [];
    this.connections = {};
  }

  private error(what: string, cause?: unknown): HerdNodeError {
    const why = cause ? ` (${messageOf(cause)})` : '';
    return new HerdNodeError({
      what: `Node ${this.node.id} ${what}${why}`,
      remedy: `see that memcached runs at ${addressOf(this.node)}`,
      cause,
    });
  }
}

/** Where there is an error, npm `memcached` passes it on as it is only beside something that stands for a socket. */
const noSocket = {} as MemcachedSocket;

/** npm `memcached` expects an IPv6 address without brackets. */
const serverName = ({ host, port }: Pick<Node, 'host' | 'port'>): string => `${host}:${port}`;

function drop(socket: MemcachedSocket, error: Error): void {
  socket.removeAllListeners('data');
  socket.destroy();
  for (const query of socket.metaData.splice(0)) query.callback(error);
}
