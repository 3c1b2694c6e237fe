import type { EntityManager, EventArgs, EventSubscriber, FlushEventArgs, UnitOfWork } from '@mikro-orm/core';
import type { TransactionContext } from './database.js';
import type { FlushReader } from './flush-reader.js';
import { TouchSet, type Touch } from './touch.js';

interface OfTransaction {
  readonly em: EntityManager;
  readonly transaction?: { readonly savepointName?: string };
  readonly uow?: UnitOfWork;
}

/** What the capture hands on. */
export interface OutboxSink {
  /** Writes touches down inside the transaction; outside of one when there is none. */
  write(touches: readonly Touch[], context: TransactionContext): Promise<void>;
  /** Something may be committed that was written before. */
  committed(): void;
}

/**
 * Writes what a transaction touches into the outbox, inside that transaction and with one statement per flush. An
 * implicit flush writes in `beforeTransactionCommit`, when all keys are known; in an explicit transaction `afterFlush`
 * comes before its COMMIT. What cannot be written down fails the user's transaction: nothing may be committed that no
 * relay hears of. A rolled back savepoint takes its rows along.
 */
export class OutboxSubscriber implements EventSubscriber {
  private readonly early = new WeakMap<UnitOfWork, readonly Touch[]>();

  constructor(
    private readonly reader: FlushReader,
    private readonly sink: OutboxSink,
  ) {}

  async onFlush({ em, uow }: FlushEventArgs): Promise<void> {
    this.early.set(uow, await this.reader.before(em, uow));
  }

  /** Comes between `onFlush` and `afterFlush` for an implicit flush only. */
  async beforeTransactionCommit({ em, transaction }: OfTransaction): Promise<void> {
    await this.writeFlush(em.getUnitOfWork(false), transaction);
  }

  async afterFlush({ em, uow }: FlushEventArgs): Promise<void> {
    await this.writeFlush(uow, em.getTransactionContext());
  }

  async afterUpsert({ em, meta, entity }: EventArgs<object>): Promise<void> {
    await this.write(this.reader.upserted(meta, entity), em.getTransactionContext());
  }

  afterTransactionCommit({ transaction }: OfTransaction): void {
    if (transaction?.savepointName === undefined) this.sink.committed();
  }

  private async writeFlush(uow: UnitOfWork, context: TransactionContext): Promise<void> {
    const early = this.early.get(uow);
    if (!early) return;
    this.early.delete(uow);
    await this.write([...early, ...this.reader.after(uow)], context);
  }

  private async write(touches: readonly Touch[], context: TransactionContext): Promise<void> {
    const distinct = [...new TouchSet(touches)];
    if (distinct.length === 0) return;
    await this.sink.write(distinct, context);
    if (context === undefined) this.sink.committed();
  }
}
