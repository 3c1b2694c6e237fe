import { addressOf } from '../../../support/nodes.js';
import type { Node } from '../../../contracts/node.js';
import type { Pending } from '../../../contracts/pending.js';
import { ChunkReader } from '../../../support/chunk-reader.js';
import { connectionError } from '../../../support/connection-error.js';
import type { HerdNodeError } from '../../../errors/operation-errors.js';
import { openConnection } from '../open-connection.js';
import type { ConnectionPlan } from '../open-connection.js';
import { BatchRequest } from './batch-request.js';
import type { KeyRequest } from './meta-request.js';
import { MetaConnection } from './meta-connection.js';
import type { MetaReply } from './meta-reply.js';
import type { MetaRequest } from './meta-request.js';
import { SingleRequest } from './single-request.js';

/** One connection of a client. */
type Link =
  | Readonly<{ state: 'open'; connection: MetaConnection }>
  | Readonly<{ state: 'opening'; attempt: AbortController; waiting: MetaRequest[] }>;

/** The connections to one node, each made by the first request that needs it, and anew after it was lost. */
export class MetaClient {
  private readonly links: (Link | undefined)[];
  private closed = false;

  constructor(
    readonly node: Node,
    private readonly plan: ConnectionPlan & Readonly<{ connections: number }>,
  ) {
    this.links = Array.from({ length: plan.connections }, () => undefined);
  }

  /** Sends one request, over the connection that has the least to do. */
  ask<Answer>(request: KeyRequest, read: (reply: MetaReply, key: string) => Answer): Pending<Answer> {
    const single = new SingleRequest(request, read);
    this.send(single);
    return single;
  }

  /** Sends one request over the connection `epoch`; `otherwise` where that is there no more. */
  askBy<Answer>(
    epoch: number,
    request: KeyRequest,
    read: (reply: MetaReply, key: string) => Answer,
    otherwise: Answer,
  ): Promise<Answer> | Pending<Answer> {
    const link = this.links.find((one) => one?.state === 'open' && one.connection.epoch === epoch);
    if (link?.state !== 'open' || !link.connection.isOpen) return Promise.resolve(otherwise);
    const single = new SingleRequest(request, read);
    link.connection.send(single);
    return single;
  }

  /** Sends many requests that have no reply where all is well, and resolves once all are carried out. */
  askMany(items: readonly KeyRequest[], read: (reply: MetaReply, index: number) => void): Promise<void> {
    return new Promise((resolve, reject) => this.send(new BatchRequest(items, read, resolve, reject)));
  }

  send(request: MetaRequest): void {
    this.sendBy(this.links.length === 1 ? 0 : this.leastBusy(), request);
  }

  /** Rejects what is in flight, and never uses these connections again. */
  abandon(why = 'was given up on after a deadline'): void {
    const error = this.error(why);
    for (const [index, link] of this.links.entries()) {
      this.links[index] = undefined;
      if (link?.state === 'open') link.connection.end(error);
      if (link?.state === 'opening') {
        link.attempt.abort();
        for (const request of link.waiting) request.fail(error);
      }
    }
  }

  close(): void {
    this.closed = true;
    this.abandon('is closed');
  }

  private sendBy(index: number, request: MetaRequest): void {
    if (this.closed) return request.fail(this.error('is closed'));
    const link = this.links[index] ?? this.open(index);
    if (link.state === 'open') link.connection.send(request);
    else link.waiting.push(request);
  }

  private leastBusy(): number {
    let best = 0;
    let least = Infinity;
    for (let i = 0; i < this.links.length; i++) {
      const link = this.links[i];
      const load = link?.state === 'open' ? link.connection.load : (link?.waiting.length ?? 0);
      if (load < least) [best, least] = [i, load];
    }
    return best;
  }

  private open(index: number): Link {
    const attempt = new AbortController();
    const link = { state: 'opening', attempt, waiting: [] as MetaRequest[] } as const;
    this.links[index] = link;
    const isMine = (): boolean => this.links[index] === link;
    const reader = new ChunkReader();
    openConnection(this.node, this.plan, attempt.signal, reader).then(
      (socket) => {
        if (!isMine()) return void socket.destroy();
        const connection = new MetaConnection(
          socket,
          reader,
          () => {
            const present = this.links[index];
            if (present?.state === 'open' && present.connection === connection) this.links[index] = undefined;
          },
          (what, cause) => this.error(what, cause),
        );
        this.links[index] = { state: 'open', connection };
        for (const request of link.waiting) connection.send(request);
      },
      (cause: unknown) => {
        if (!isMine()) return;
        this.links[index] = undefined;
        const error = this.error('cannot be reached', cause);
        for (const request of link.waiting) request.fail(error);
      },
    );
    return link;
  }

  private error(what: string, cause?: unknown): HerdNodeError {
    return connectionError(
      `Node ${this.node.id} ${what}`,
      `see that memcached 1.6 runs at ${addressOf(this.node)}, and whether it expects TLS (connection.tls)`,
      cause,
    );
  }
}
