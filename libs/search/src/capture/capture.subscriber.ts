import type { EntityManager, EventArgs, EventSubscriber, FlushEventArgs, UnitOfWork } from '@mikro-orm/core';
import type { FlushReader } from './flush-reader.js';
import { TouchSet, type Touch } from './touch.js';
import { TransactionTree, type OpenTransaction } from './transaction-tree.js';
import { UpsertsUnderWay } from './upserts-under-way.js';

/** The ORM's own type of a transaction is `any`. */
interface OfTransaction {
  readonly em: EntityManager;
  readonly transaction?: OpenTransaction;
}

/** What the capture hands on. */
export interface CaptureSink {
  /** These changes are committed. */
  committed(touches: Iterable<Touch>): void;
  /** A flush could not be read. */
  failed(error: unknown): void;
}

/**
 * Gathers what each transaction touches, and hands it on once it is committed. An implicit flush is committed when
 * `afterFlush` comes; inside an explicit transaction `afterFlush` comes before its COMMIT, so there the touches wait
 * for `afterTransactionCommit` of the outermost transaction. Nothing here throws: the user's flush goes on.
 */
export class CaptureSubscriber implements EventSubscriber {
  private readonly early = new WeakMap<UnitOfWork, Touch[]>();
  private readonly upserts = new UpsertsUnderWay();
  private readonly transactions = new TransactionTree();

  constructor(
    private readonly reader: FlushReader,
    private readonly sink: CaptureSink,
  ) {}

  async onFlush({ em, uow }: FlushEventArgs): Promise<void> {
    try {
      this.early.set(uow, await this.reader.before(em, uow));
    } catch (error) {
      this.sink.failed(error);
    }
  }

  afterFlush({ em, uow }: FlushEventArgs): void {
    this.guarded(() => {
      const touches = [...(this.early.get(uow) ?? []), ...this.reader.after(uow)];
      this.early.delete(uow);
      this.keep(em, touches);
    });
  }

  async beforeUpsert({ em, meta, entity }: EventArgs<object>): Promise<void> {
    try {
      this.upserts.add(em, await this.reader.upserting(em, meta, entity));
    } catch (error) {
      this.sink.failed(error);
    }
  }

  afterUpsert({ em, meta, entity }: EventArgs<object>): void {
    this.guarded(() => this.keep(em, [...this.upserts.take(em), ...this.reader.upserted(meta, entity)]));
  }

  beforeTransactionStart({ em, transaction }: OfTransaction): void {
    this.guarded(() => this.transactions.starting(em, transaction));
  }

  afterTransactionStart({ em, transaction }: OfTransaction): void {
    this.guarded(() => this.transactions.started(em, transaction));
  }

  afterTransactionCommit({ transaction }: OfTransaction): void {
    this.guarded(() => {
      const committed = this.transactions.commit(transaction);
      if (committed) this.handOn(committed);
    });
  }

  afterTransactionRollback({ transaction }: OfTransaction): void {
    this.guarded(() => this.transactions.rollback(transaction));
  }

  /** Holds touches until the transaction of `em` is committed; hands them on at once when it is in none. */
  keep(em: EntityManager, touches: readonly Touch[]): void {
    const transaction = em.getTransactionContext<OpenTransaction>();
    if (transaction) this.transactions.add(transaction, touches);
    else this.handOn(new TouchSet(touches));
  }

  private handOn(touches: TouchSet): void {
    if (touches.size > 0) this.sink.committed(touches);
  }

  private guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.sink.failed(error);
    }
  }
}
