import { randomInt } from 'node:crypto';

import { addressOf } from '../../support/nodes.js';
import type { Node } from '../../contracts/node.js';
import { ChunkReader } from '../../support/chunk-reader.js';
import { writeTogether } from '../../support/write-together.js';
import { problemOf } from '../../support/message-of.js';
import { HerdNodeError } from '../../errors/operation-errors.js';
import { connectionError } from '../../support/connection-error.js';
import { NpmMemcached } from './npm-memcached.js';
import type { ConnectCallback, MemcachedSocket, Query } from './npm-memcached.js';
import { openConnection } from './open-connection.js';
import type { ConnectionPlan } from './open-connection.js';
import { NodeQuery } from './node-query.js';
import { ReplyParser } from './reply-parser.js';
import type { Reply, ReplyValue } from './reply-parser.js';

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
 * - `connect`. It gives each waiting command its own connection while the first is being made, refuses those above its
 *   pool's size, and supports no TLS and no password. Here all wait for one attempt, of a socket made here.
 * - `connectionIssue`. It stops all use of the node after one `SERVER_ERROR`, and runs the `ping` program.
 *
 * Text goes both ways as latin1, one character per byte, so that values arrive as they are.
 */
export class NodeClient extends NpmMemcached {
  /** Rises with each connection, from a number drawn by chance: a token of another process is not good here. */
  epoch = randomInt(2 ** 47);
  private socket: MemcachedSocket | undefined;
  private waiting: ConnectCallback[] = [];
  private attempt = new AbortController();
  private closed = false;
  private readonly server: string;

  constructor(
    private readonly node: Node,
    private readonly plan: ConnectionPlan,
  ) {
    const server = addressOf(node);
    super(server, passive);
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
          // What is no answer to this question is one to another: the replies are out of step.
          if (complaint instanceof HerdNodeError) this.abandonFor(complaint);
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what was thrown is passed on as it is
          reject(complaint);
        }
      };
      this.command(() => new NodeQuery(command, callback), this.server);
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

  private abandonFor(error: HerdNodeError): void {
    const { socket } = this;
    this.release();
    if (socket) drop(socket, error);
  }

  close(): void {
    this.closed = true;
    this.abandon('is closed');
  }

  override connect(_server: string, callback: ConnectCallback): void {
    if (this.socket?.readyState === 'open') return callback(undefined, this.socket);
    this.waiting.push(callback);
    if (this.waiting.length > 1) return;
    const { waiting } = this;
    this.attempt = new AbortController();
    const reader = new ChunkReader();
    void openConnection(this.node, this.plan, this.attempt.signal, reader).then(
      (socket) => this.use(Object.assign(socket, { metaData: [] }), reader, waiting),
      (error: unknown) => this.refused(waiting, error),
    );
  }

  override connectionIssue(): void {
    // The pool that uses this client judges the node.
  }

  private refused(waiting: ConnectCallback[], error: unknown): void {
    if (waiting !== this.waiting) return;
    this.release();
    const refusal = this.error('cannot be reached', error);
    for (const callback of waiting) callback(refusal, noSocket);
  }

  private use(socket: MemcachedSocket, reader: ChunkReader, waiting: readonly ConnectCallback[]): void {
    if (waiting !== this.waiting) return void socket.destroy();
    const parser = new ReplyParser();
    let failure: unknown;
    this.waiting = [];
    this.socket = socket;
    this.epoch++;
    socket.unref();
    socket.setDefaultEncoding('latin1');
    writeTogether(socket);
    reader.listen((chunk) => this.read(socket, parser, chunk));
    socket.once('error', (error) => (failure = error));
    socket.once('close', () => {
      if (this.socket === socket) this.release();
      drop(socket, this.error('closed the connection', failure));
    });
    for (const ready of waiting) ready(undefined, socket);
  }

  private read(socket: MemcachedSocket, parser: ReplyParser, chunk: Buffer): void {
    if (this.socket !== socket) return;
    try {
      parser.feed(chunk, (reply) => {
        const [query] = socket.metaData;
        if (!query) throw new Error('a reply without a request');
        if (reply.kind === 'end') checkKeys(query.command, reply.values);
        socket.metaData.shift();
        query.callback(undefined, reply);
        if (this.socket !== socket) return false;
        if (reply.kind === 'line' && unsafeReply.test(reply.line))
          throw new Error(`it refused a command (${reply.line})`);
        return true;
      });
    } catch (error) {
      if (this.socket === socket) this.release();
      drop(socket, this.error(`sent ${problemOf(error)}`, undefined, error));
    }
  }

  /** The next command starts with a connection of its own. */
  private release(): void {
    this.socket = undefined;
    this.waiting = [];
    this.attempt.abort();
  }

  private error(what: string, cause?: unknown, reason: unknown = cause): HerdNodeError {
    return connectionError(`Node ${this.node.id} ${what}`, remedyOf(this.node), cause, reason);
  }
}

/** @throws where a value is of a key that `command` does not name: it belongs to somebody else. */
function checkKeys(command: string, values: readonly ReplyValue[]): void {
  if (values.length === 0) return;
  const words = command.split(' ');
  let at = 0;
  for (const { key } of values) {
    at = words.indexOf(key, at + 1);
    if (at < 1) throw new Error(`a value of ${JSON.stringify(key)}, which was not requested`);
  }
}

/** Where there is an error, npm `memcached` passes it on as it is only beside something that stands for a socket. */
const noSocket = {} as MemcachedSocket;

const remedyOf = (node: Node): string =>
  `see that memcached runs at ${addressOf(node)}, and whether it expects TLS (connection.tls)`;

function drop(socket: MemcachedSocket, error: Error): void {
  socket.destroy();
  for (const query of socket.metaData.splice(0)) query.callback(error);
}
