import { randomUUID } from 'node:crypto';

import { Redis } from 'ioredis';

import { addressOf } from '../../support/nodes.js';
import type { Node } from '../../contracts/node.js';
import type { NextConnection } from '../../support/connection-setting.js';
import { connectionError } from '../../support/connection-error.js';
import { withDeadline } from '../../support/deadline.js';
import { tlsOptionsOf } from '../../support/tls-options.js';
import { promised } from '../../support/promised.js';
import { writeTogether } from '../../support/write-together.js';
import { HerdNodeError, HerdOperationError } from '../../errors/operation-errors.js';
import type { RedisConnection } from './redis-options.js';
import { passive } from './passive.js';
import { complaint, endsConnection } from './replies.js';

/** How the connections of one node are made. */
export type ConnectionPlan = Readonly<{
  next: NextConnection<RedisConnection>;
  connectTimeoutMs: number;
  /** Where the node is now, where that is not its address; a server found so must be a primary. */
  locate?: () => Promise<Readonly<{ host: string; port: number }>>;
  /** Where a server has redirected to: the command is run there. */
  elsewhere?: Elsewhere;
  /** A key that nobody uses, that begins so, and that the node would accept. */
  spareKey?: (beginning: string) => string;
  /** Keys of one command: 1 where each may have an owner of its own. Default 500. */
  keysPerCommand?: number;
  /** Hears that a connection was lost, or could not be made. */
  onLoss?: () => void;
}>;

/** @returns `undefined` where `said` is no redirection. @param hops how often the command was redirected. */
export type Elsewhere = <Reply>(
  said: string,
  key: string,
  run: (redis: Redis) => Promise<Reply>,
  hops: number,
) => Promise<Reply> | undefined;

/** Keys of one MGET or UNLINK: a longer one would hold up the server for others. */
const keysPerCommand = 500;

/** One connection, and the one error that it ended with, however many commands that fails. */
type Connection = {
  redis: Redis | undefined;
  at: Readonly<{ host: string; port: number }> | undefined;
  ready: Promise<Redis>;
  isReady: boolean;
  ended: HerdOperationError | undefined;
};

/** ioredis for one node, on one pipelined connection, made anew by the next command after it was lost. */
export class NodeClient {
  private connection: Connection | undefined;
  private closed = false;
  /** The same each time: what the server says about it is news only where it says something else. */
  private readonly ownKey = `rookery:ping:${randomUUID()}`;
  private readonly leaving = new Set<Connection>();

  constructor(
    readonly node: Node,
    private readonly plan: ConnectionPlan,
  ) {}

  get keysPerCommand(): number {
    return this.plan.keysPerCommand ?? keysPerCommand;
  }

  get spareKey(): string {
    return this.plan.spareKey?.('rookery:ping') ?? this.ownKey;
  }

  /** A key that nobody uses, that begins so, and that the node accepts. */
  unusedKey(beginning: string): string {
    return this.plan.spareKey?.(beginning) ?? beginning;
  }

  /**
   * Runs one command, and makes of its reply what `read` does.
   *
   * @throws HerdNodeError when the connection fails, and what `complaint` makes of the server's refusal.
   */
  send<Reply, Answer>(
    key: string,
    run: (redis: Redis) => Promise<Reply>,
    read: (reply: Reply) => Answer,
    hops = 0,
  ): Promise<Answer> {
    if (this.closed) return Promise.reject(this.error('is closed'));
    const connection = (this.connection ??= this.connect());
    const asked = connection.isReady
      ? promised(() => run(connection.redis!))
      : connection.ready.then((redis) => run(redis));
    return asked.then(read, (error: unknown) => {
      const said = saidBy(error);
      const elsewhere = said === undefined ? undefined : this.plan.elsewhere?.(said, key, run, hops);
      if (elsewhere) return elsewhere.then(read);
      throw this.failure(connection, error, key);
    });
  }

  /** What is sent from now on goes over a new connection; what is in flight is still answered over this one. */
  moveOn(): void {
    const { connection } = this;
    if (!connection?.isReady) return;
    this.connection = undefined;
    this.leaving.add(connection);
    connection.redis!.quit().catch(() => undefined);
  }

  /** The same, where the server of now is not at `address`. */
  moveTo(address: Readonly<{ host: string; port: number }>): void {
    const at = this.connection?.at;
    if (at && addressOf(at) !== addressOf(address)) this.moveOn();
  }

  /** Rejects what is in flight, and never uses this connection again. */
  abandon(why = 'was given up on after a deadline'): void {
    for (const connection of [this.connection, ...this.leaving]) if (connection) this.end(connection, this.error(why));
  }

  close(): void {
    this.closed = true;
    this.abandon('is closed');
  }

  private connect(): Connection {
    const connection: Connection = {
      redis: undefined,
      at: undefined,
      isReady: false,
      ended: undefined,
      ready: undefined as never,
    };
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
    const secured = tlsOptionsOf(tls);
    const redis = new Redis({
      ...own,
      ...(secured && { tls: secured }),
      ...passive,
      host,
      port,
      // Its own deadline is short of the time that this process was busy.
      connectTimeout: 0,
      // A server that loads its data says so to the first command, and would be waited for in silence.
      enableReadyCheck: false,
    });
    connection.redis = redis;
    connection.at = { host, port };
    redis.on('error', (error: unknown) => this.end(connection, this.unreachable(error)));
    redis.once('connect', () => redis.stream.unref());
    redis.once('end', () => this.end(connection, this.error('closed the connection')));
    const usable = async (): Promise<void> => {
      await redis.connect();
      if (this.plan.locate) await checkPrimary(redis);
    };
    await withDeadline(usable(), connectTimeoutMs, () => new Error(`no connection within ${connectTimeoutMs} ms`));
    // The pipelining of ioredis costs more: each of its pipelines counts, copies and promises anew.
    writeTogether(redis.stream);
    connection.isReady = true;
    return redis;
  }

  /** What failed a command: the server's complaint about it, or that by which the connection ended. */
  private failure(connection: Connection, error: unknown, key: string): HerdOperationError {
    if (error instanceof HerdOperationError) return error;
    if (connection.ended && !connection.isReady) return connection.ended;
    const said = saidBy(error);
    if (said === undefined) return this.end(connection, this.unreachable(error));
    const refusal = complaint(said, key);
    // One behind a name may have become a replica: what the name leads to now takes its place.
    return endsConnection(said) ? this.end(connection, refusal) : refusal;
  }

  /** @returns the first error that it ended with. */
  private end(connection: Connection, error: HerdOperationError): HerdOperationError {
    if (connection.ended) return connection.ended;
    connection.ended = error;
    this.leaving.delete(connection);
    if (this.connection === connection) this.connection = undefined;
    // For a stream that is closed already ioredis would wait two seconds, and the process with it.
    if (!connection.redis?.stream?.closed) connection.redis?.disconnect();
    this.plan.onLoss?.();
    return error;
  }

  private unreachable(cause: unknown): HerdOperationError {
    return cause instanceof HerdOperationError ? cause : this.error('cannot be reached', cause);
  }

  private error(what: string, cause?: unknown): HerdNodeError {
    return connectionError(
      `Node ${this.node.id} ${what}`,
      `see that Redis runs at ${addressOf(this.node)}, and whether it expects TLS (connection.tls)`,
      cause,
    );
  }
}

/** The server's own words, where it refused. */
const saidBy = (error: unknown): string | undefined =>
  error instanceof Error && error.name === 'ReplyError' ? error.message : undefined;

/** @throws HerdNodeError for a replica. A user without the right to query that gets the error of the first write. */
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
