import type { EntityManager, EventSubscriber } from '@mikro-orm/core';
import type { SearchEventListener } from '../contracts/search-event.js';
import type { TraceContext } from '../contracts/trace-context.js';
import { SearchNotSettledError } from '../errors/bulk.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { pause } from '../support/pause.js';
import type { EntityReader } from '../rows/entity-reader.js';
import { dependenciesOf } from '../capture/dependencies.js';
import { FlushReader } from '../capture/flush-reader.js';
import type { Backlog, DeadLetter } from './outbox-backlog.js';
import type { DatabaseOutbox } from './outbox.js';
import { OutboxSubscriber } from '../capture/outbox.subscriber.js';
import { Relay, RELAY_DEFAULTS, type RelayOptions } from './relay.js';
import type { Publisher } from './relay-batch.js';
import type { SyncStrategy } from './strategy.js';
import type { Touch } from '../capture/touch.js';

export interface OutboxSyncParts {
  /** Indices whose changes are written down. */
  readonly definitions: readonly IndexDefinition[];
  /** Indices whose rows are relayed: also those that another release of the application writes down. */
  readonly relayed: readonly IndexDefinition[];
  readonly outbox: DatabaseOutbox;
  readonly publisher: Publisher;
  readonly reader: EntityReader;
  readonly report: SearchEventListener;
  readonly traceContext?: TraceContext | undefined;
  /** `undefined`: another process runs the relay. */
  readonly relay: RelayOptions | undefined;
}

const SETTLED_POLL_MS = 10;

/** Writes changes down in the transaction that makes them, and relays them from there: a crash loses nothing. */
export class OutboxSync implements SyncStrategy {
  readonly subscribers: readonly EventSubscriber[];
  readonly outbox: DatabaseOutbox;
  private readonly relay: Relay | undefined;
  private readonly aliases: readonly string[];

  private readonly capture: OutboxSubscriber;
  private readonly makeRelay: (options: RelayOptions) => Relay;

  constructor({ definitions, relayed, relay, ...parts }: OutboxSyncParts) {
    const { outbox, reader } = parts;
    this.outbox = outbox;
    this.makeRelay = (options) => new Relay({ definitions: relayed, ...parts }, options);
    this.aliases = relayed.map(({ alias }) => alias);
    this.relay = relay && this.makeRelay(relay);
    this.capture = new OutboxSubscriber(new FlushReader(dependenciesOf(definitions), reader), {
      write: (touches, context) => outbox.add(touches, context),
      writeLast: (touches, context) => outbox.addLast(touches, context),
      committed: () => this.relay?.wake(),
    });
    this.subscribers = [this.capture];
  }

  /** Rows of all processes. */
  async pending(): Promise<number> {
    return (await this.backlog()).pending;
  }

  /** @throws SearchTableMissingError */
  async start(): Promise<void> {
    await this.outbox.check();
    this.relay?.start();
  }

  /** Runs a relay while `work` does, also where this process has none. */
  async relaying<T>(work: () => Promise<T>): Promise<T> {
    if (this.relay) {
      this.relay.start();
      return work();
    }
    const relay = this.makeRelay(RELAY_DEFAULTS);
    relay.start();
    try {
      return await work();
    } finally {
      await relay.stop(RELAY_DEFAULTS.backoff.maxMs);
    }
  }

  async add(touches: readonly Touch[], em: EntityManager): Promise<void> {
    await this.capture.hold(touches, em.getTransactionContext());
  }

  backlog(): Promise<Backlog> {
    return this.outbox.backlog.sizes(this.aliases);
  }

  deadLetters(limit: number): Promise<DeadLetter[]> {
    return this.outbox.backlog.deadLetters(this.aliases, limit);
  }

  redrive(): Promise<number> {
    return this.outbox.backlog.redrive(this.aliases);
  }

  /** A document that was refused counts as settled: it waits for its next try, or is a dead letter. */
  async settled(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    const newest = await this.outbox.backlog.newest(this.aliases);
    this.relay?.wake();
    for (;;) {
      const waiting = await this.outbox.backlog.waitingUpTo(newest, this.aliases);
      if (waiting === 0) return;
      if (performance.now() >= deadline)
        throw new SearchNotSettledError(waiting, timeoutMs, { cause: this.relay?.lastError });
      await pause(SETTLED_POLL_MS, undefined);
    }
  }

  /** The rows stay for the next process: only the batch under way comes to its end. */
  async drain(timeoutMs: number): Promise<void> {
    await this.relay?.stop(timeoutMs);
  }

  async close(): Promise<void> {
    await this.relay?.stop(0);
  }
}
