import type { EntityManager, EventArgs, EventSubscriber, FlushEventArgs } from '@mikro-orm/core';
import type { OpenTransaction } from './transaction-tree.js';

interface OfTransaction {
  readonly em: EntityManager;
  readonly transaction?: OpenTransaction & { readonly savepointName?: string };
}

/** The events of a capture, as the ORM reports them. */
export type Capture = Pick<
  EventSubscriber,
  | 'beforeTransactionStart'
  | 'afterTransactionStart'
  | 'beforeTransactionCommit'
  | 'afterTransactionCommit'
  | 'afterTransactionRollback'
  | 'onFlush'
  | 'afterFlush'
  | 'beforeUpsert'
  | 'afterUpsert'
>;

/**
 * A subscriber that can end: an event manager of the ORM has no way to unsubscribe. Transactions that began before the end are
 * followed to theirs, so that none is half written down; then nothing is held any more.
 */
export class EndingSubscriber implements EventSubscriber {
  private ended = false;
  /** Transactions and savepoints that began while it was followed. */
  private readonly heard = new WeakSet<object>();
  /** Transactions of those, without savepoints, that are still open. */
  private readonly open = new Set<object>();
  private readonly inside = new WeakSet<EntityManager>();

  constructor(private capture: Capture | undefined) {}

  /** Follows nothing that begins from here on. */
  end(): void {
    this.ended = true;
    this.letGo();
  }

  beforeTransactionStart(args: OfTransaction): void | Promise<void> {
    const { em, transaction: around } = args;
    if (around && this.heard.has(around)) this.inside.add(em);
    else this.inside.delete(em);
    if (this.follows(args)) return this.capture?.beforeTransactionStart?.(args);
  }

  afterTransactionStart(args: OfTransaction): void | Promise<void> {
    const { em, transaction } = args;
    const inside = this.inside.has(em);
    if (!transaction || (this.ended && !inside)) return;
    if (!inside && !this.heard.has(transaction)) this.open.add(transaction);
    this.heard.add(transaction);
    return this.capture?.afterTransactionStart?.(args);
  }

  beforeTransactionCommit(args: OfTransaction): void | Promise<void> {
    if (this.follows(args)) return this.capture?.beforeTransactionCommit?.(args);
  }

  async afterTransactionCommit(args: OfTransaction): Promise<void> {
    if (this.follows(args)) await this.capture?.afterTransactionCommit?.(args);
    this.close(args.transaction);
  }

  async afterTransactionRollback(args: OfTransaction): Promise<void> {
    if (this.follows(args)) await this.capture?.afterTransactionRollback?.(args);
    this.close(args.transaction);
  }

  onFlush(args: FlushEventArgs): void | Promise<void> {
    if (this.follows(args)) return this.capture?.onFlush?.(args);
  }

  afterFlush(args: FlushEventArgs): void | Promise<void> {
    if (this.follows(args)) return this.capture?.afterFlush?.(args);
  }

  beforeUpsert(args: EventArgs<object>): void | Promise<void> {
    if (this.follows(args)) return this.capture?.beforeUpsert?.(args);
  }

  afterUpsert(args: EventArgs<object>): void | Promise<void> {
    if (this.follows(args)) return this.capture?.afterUpsert?.(args);
  }

  private follows({ em, transaction }: OfTransaction): boolean {
    if (!this.ended) return true;
    const context = transaction ?? em.getTransactionContext<OpenTransaction>();
    return context !== undefined && this.heard.has(context);
  }

  private close(transaction: OfTransaction['transaction']): void {
    if (transaction) this.open.delete(transaction);
    this.letGo();
  }

  private letGo(): void {
    if (this.ended && this.open.size === 0) this.capture = undefined;
  }
}
