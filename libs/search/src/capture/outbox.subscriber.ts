import type { EntityManager, EventArgs, EventSubscriber, FlushEventArgs, UnitOfWork } from '@mikro-orm/core';
import type { TransactionContext } from '../database/database.js';
import type { FlushReader } from './flush-reader.js';
import { TouchSet, type Touch } from './touch.js';
import { TransactionTree, type OpenTransaction } from './transaction-tree.js';
import { UpsertsUnderWay } from './upserts-under-way.js';

interface OfTransaction {
  readonly em: EntityManager;
  readonly transaction?: OpenTransaction & { readonly savepointName?: string };
}

/** What the capture hands on. */
export interface OutboxSink {
  /** Writes touches down inside the transaction; outside of one when there is none. */
  write(touches: readonly Touch[], context: TransactionContext): Promise<void>;
  /** The same right before the COMMIT. @returns whether they were sent, to be called after it */
  writeLast(touches: readonly Touch[], context: TransactionContext): Promise<() => boolean>;
  /** Something may be committed that was written before. */
  committed(): void;
}

/** Touches of one transaction that wait in memory for its COMMIT; more are written at once. */
const MAX_WAITING = 1_000;

/**
 * Writes what a transaction touches into the outbox, inside that transaction and with one statement right before its
 * COMMIT, when all rows have keys; those of a savepoint that is rolled back go with it. A transaction whose end the ORM
 * does not report gets one per flush. What cannot be written down fails the user's transaction: nothing may be committed
 * that no relay finds.
 */
export class OutboxSubscriber implements EventSubscriber {
  private readonly early = new WeakMap<UnitOfWork, readonly Touch[]>();
  private readonly upserts = new UpsertsUnderWay();
  private readonly transactions = new TransactionTree();
  /** Transactions whose COMMIT will be reported, and is still to come. */
  private readonly open = new WeakSet<OpenTransaction>();
  private readonly last = new WeakMap<
    OpenTransaction,
    { readonly touches: readonly Touch[]; readonly sent: () => boolean }
  >();

  constructor(
    private readonly reader: FlushReader,
    private readonly sink: OutboxSink,
  ) {}

  beforeTransactionStart({ em, transaction }: OfTransaction): void {
    this.transactions.starting(em, transaction);
  }

  afterTransactionStart({ em, transaction }: OfTransaction): void {
    this.transactions.started(em, transaction);
    if (transaction) this.open.add(transaction);
  }

  async onFlush({ em, uow }: FlushEventArgs): Promise<void> {
    this.early.set(uow, await this.reader.before(em, uow));
  }

  async afterFlush({ em, uow }: FlushEventArgs): Promise<void> {
    await this.hold(this.flushed(uow), em.getTransactionContext());
  }

  async beforeUpsert({ em, meta, entity }: EventArgs<object>): Promise<void> {
    this.upserts.add(em, await this.reader.upserting(em, meta, entity));
  }

  async afterUpsert({ em, meta, entity }: EventArgs<object>): Promise<void> {
    const touches = [...this.upserts.take(em), ...this.reader.upserted(meta, entity)];
    await this.hold(touches, em.getTransactionContext());
  }

  async beforeTransactionCommit({ em, transaction }: OfTransaction): Promise<void> {
    // The implicit transaction of a flush ends before its `afterFlush`.
    await this.hold(this.flushed(em.getUnitOfWork(false)), transaction);
    if (!transaction) return;
    // What others add from here on has no COMMIT to wait for.
    this.open.delete(transaction);
    const touches = [...(this.transactions.commit(transaction) ?? [])];
    if (touches.length > 0)
      this.last.set(transaction, { touches, sent: await this.sink.writeLast(touches, transaction) });
  }

  async afterTransactionCommit({ transaction }: OfTransaction): Promise<void> {
    if (transaction?.savepointName !== undefined) return;
    const last = transaction && this.last.get(transaction);
    // A driver that ends transactions in a way that was not seen at the start: late, but not lost.
    if (last && !last.sent()) await this.sink.write(last.touches, undefined);
    this.sink.committed();
  }

  afterTransactionRollback({ transaction }: OfTransaction): void {
    this.transactions.rollback(transaction);
  }

  /** Keeps touches until the transaction ends; writes them down at once where that is not reported, or they are many. */
  async hold(touches: readonly Touch[], context: OpenTransaction | undefined): Promise<void> {
    if (touches.length === 0) return;
    const distinct = new TouchSet(touches);
    const outermost = context && this.transactions.outermost(context);
    const endReported = outermost !== undefined && this.open.has(outermost);
    if (endReported && distinct.size + this.transactions.waiting(outermost) <= MAX_WAITING)
      return this.transactions.add(context!, distinct);
    await this.sink.write([...distinct], context);
    if (context === undefined) this.sink.committed();
  }

  private flushed(uow: UnitOfWork): readonly Touch[] {
    const early = this.early.get(uow);
    this.early.delete(uow);
    return early ? [...early, ...this.reader.after(uow)] : [];
  }
}
