import { Redis } from 'ioredis';

import { addressOf } from '../../support/nodes.js';
import type { Node } from '../../contracts/node.js';
import { promised } from '../../support/promised.js';
import { writeTogether } from '../../support/write-together.js';
import { messageOf } from '../../support/message-of.js';
import { HerdNodeError, HerdOperationError } from '../../errors/operation-errors.js';
import type { ResolvedRedisOptions } from './redis-options.js';
import { complaint } from './replies.js';

/** Health, retries and deadlines are the herd's: ioredis is configured to do none of its own. */
const passive = {
  lazyConnect: true,
  retryStrategy: null,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  disableClientInfo: true,
} as const;

/** One connection, and the one error that it ended with, however many commands that fails. */
type Connection = { redis: Redis; ready: Promise<void>; isReady: boolean; ended: HerdNodeError | undefined };

/** ioredis for one node, on one pipelined connection, made anew by the next command after it was lost. */
export class NodeClient {
  private connection: Connection | undefined;
  private closed = false;

  constructor(
    private readonly node: Node,
    private readonly options: Pick<ResolvedRedisOptions, 'connectTimeoutMs' | 'connection'>,
  ) {}

  /**
   * Runs one command, and makes of its reply what `read` does.
   *
   * @throws HerdNodeError when the connection fails, and what `complaint` makes of the server's refusal.
   */
  send<Reply, Answer>(
    key: string,
    run: (redis: Redis) => Promise<Reply>,
    read: (reply: Reply) => Answer,
  ): Promise<Answer> {
    if (this.closed) return Promise.reject(this.error('is closed'));
    const connection = (this.connection ??= this.connect());
    const ask = (): Promise<Reply> => promised(() => run(connection.redis));
    return (connection.isReady ? ask() : connection.ready.then(ask)).then(read, (error: unknown) => {
      if (error instanceof HerdOperationError) throw error;
      if (error instanceof Error && error.name === 'ReplyError') throw complaint(error.message, key);
      throw this.ended(connection, error);
    });
  }

  /** Rejects what is in flight, and never uses this connection again. */
  abandon(why = 'was given up on after a deadline'): void {
    const { connection } = this;
    if (!connection) return;
    connection.ended ??= this.error(why);
    this.release(connection);
    connection.redis.disconnect();
  }

  close(): void {
    this.closed = true;
    this.abandon('is closed');
  }

  private connect(): Connection {
    const { connectTimeoutMs, connection: of } = this.options;
    const { host, port } = this.node;
    const redis = new Redis({ ...of(this.node), ...passive, host, port, connectTimeout: connectTimeoutMs });
    const connection: Connection = { redis, ended: undefined, ready: Promise.resolve(), isReady: false };
    redis.on('error', (error: unknown) => void this.ended(connection, error));
    redis.once('connect', () => redis.stream.unref());
    redis.once('end', () => this.release(connection));
    connection.ready = redis.connect().then(() => {
      // The pipelining of ioredis costs more: each of its pipelines counts, copies and promises anew.
      writeTogether(redis.stream);
      connection.isReady = true;
    });
    return connection;
  }

  private ended(connection: Connection, cause: unknown): HerdNodeError {
    if (connection.ended) return connection.ended;
    connection.ended = this.error('cannot be reached', cause);
    this.release(connection);
    connection.redis.disconnect();
    return connection.ended;
  }

  private release(connection: Connection): void {
    if (this.connection === connection) this.connection = undefined;
  }

  private error(what: string, cause?: unknown): HerdNodeError {
    const why = cause ? ` (${messageOf(cause)})` : '';
    return new HerdNodeError({
      what: `Node ${this.node.id} ${what}${why}`,
      remedy: `see that Redis runs at ${addressOf(this.node)}`,
      cause,
    });
  }
}
