import { Redis } from 'ioredis';

import { addressOf } from '../../support/nodes.js';
import type { Node } from '../../contracts/node.js';
import type { NextConnection } from '../../support/connection-setting.js';
import { connectionRemedy } from '../../support/connection-remedy.js';
import { withDeadline } from '../../support/deadline.js';
import { promised } from '../../support/promised.js';
import { writeTogether } from '../../support/write-together.js';
import { messageOf } from '../../support/message-of.js';
import { HerdNodeError, HerdOperationError } from '../../errors/operation-errors.js';
import type { RedisConnection } from './redis-options.js';
import { complaint, endsConnection } from './replies.js';

/** How the connections of one node are made. */
export type ConnectionPlan = Readonly<{
  next: NextConnection<RedisConnection>;
  connectTimeoutMs: number;
  /** Where the node is now, where that is not its address; a server found so must be a primary. */
  locate?: () => Promise<Readonly<{ host: string; port: number }>>;
}>;

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
type Connection = {
  redis: Redis | undefined;
  ready: Promise<Redis>;
  isReady: boolean;
  ended: HerdOperationError | undefined;
};

/** ioredis for one node, on one pipelined connection, made anew by the next command after it was lost. */
export class NodeClient {
  private connection: Connection | undefined;
  private closed = false;

  constructor(
    readonly node: Node,
    private readonly plan: ConnectionPlan,
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
    const asked = connection.isReady
      ? promised(() => run(connection.redis!))
      : connection.ready.then((redis) => run(redis));
    return asked.then(read, (error: unknown) => {
      throw this.failure(connection, error, key);
    });
  }

  /** Rejects what is in flight, and never uses this connection again. */
  abandon(why = 'was given up on after a deadline'): void {
    if (this.connection) this.end(this.connection, this.error(why));
  }

  close(): void {
    this.closed = true;
    this.abandon('is closed');
  }

  private connect(): Connection {
    const connection: Connection = { redis: undefined, isReady: false, ended: undefined, ready: undefined as never };
    connection.ready = this.open(connection);
    connection.ready.catch((error: unknown) => this.end(connection, this.unreachable(error)));
    return connection;
  }

  private async open(connection: Connection): Promise<Redis> {
    const { connectTimeoutMs } = this.plan;
    const late = (): Error => new Error(`no settings of the connection within ${connectTimeoutMs} ms`);
    const settings = Promise.all([this.plan.next(), this.plan.locate?.() ?? this.node]);
    const [{ tls, ...own }, { host, port }] = await withDeadline(settings, connectTimeoutMs, late);
    if (connection.ended) throw connection.ended;
    const secured = tls === undefined || tls === false ? {} : { tls: tls === true ? {} : tls };
    const redis = new Redis({ ...own, ...secured, ...passive, host, port, connectTimeout: connectTimeoutMs });
    connection.redis = redis;
    redis.on('error', (error: unknown) => this.end(connection, this.unreachable(error)));
    redis.once('connect', () => redis.stream.unref());
    redis.once('end', () => this.end(connection, this.error('closed the connection')));
    await redis.connect();
    if (this.plan.locate) await checkPrimary(redis);
    // The pipelining of ioredis costs more: each of its pipelines counts, copies and promises anew.
    writeTogether(redis.stream);
    connection.isReady = true;
    return redis;
  }

  /** What failed a command: the server's complaint about it, or that by which the connection ended. */
  private failure(connection: Connection, error: unknown, key: string): HerdOperationError {
    if (error instanceof HerdOperationError) return error;
    if (connection.ended && !connection.isReady) return connection.ended;
    const said = error instanceof Error && error.name === 'ReplyError' ? error.message : undefined;
    if (said === undefined) return this.end(connection, this.unreachable(error));
    const refusal = complaint(said, key);
    // One behind a name may have become a replica: what the name leads to now takes its place.
    return endsConnection(said) ? this.end(connection, refusal) : refusal;
  }

  /** @returns the first error that it ended with. */
  private end(connection: Connection, error: HerdOperationError): HerdOperationError {
    if (connection.ended) return connection.ended;
    connection.ended = error;
    if (this.connection === connection) this.connection = undefined;
    connection.redis?.disconnect();
    return error;
  }

  private unreachable(cause: unknown): HerdOperationError {
    return cause instanceof HerdOperationError ? cause : this.error('cannot be reached', cause);
  }

  private error(what: string, cause?: unknown): HerdNodeError {
    const why = cause ? ` (${messageOf(cause)})` : '';
    return new HerdNodeError({
      what: `Node ${this.node.id} ${what}${why}`,
      remedy: connectionRemedy(
        cause,
        `see that Redis runs at ${addressOf(this.node)}, and whether it expects TLS (connection.tls)`,
      ),
      cause,
    });
  }
}

/** @throws HerdNodeError for a replica. A user who may not ask learns it by the first write. */
async function checkPrimary(redis: Redis): Promise<void> {
  const role = await redis.call('ROLE').catch((error: Error) => {
    if (error.message.startsWith('NOPERM ')) return ['master'];
    throw error;
  });
  if (Array.isArray(role) && role[0] === 'master') return;
  throw new HerdNodeError({
    what: 'The server is no primary',
    received: Array.isArray(role) ? (role as unknown[])[0] : role,
    remedy: 'wait for the failover to end, and see that it does',
  });
}
