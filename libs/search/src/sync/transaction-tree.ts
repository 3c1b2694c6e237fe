import { TouchSet, type Touch } from './touch.js';

/** MikroORM 6 tells nothing of savepoints, but its nested transactions know their parent. */
export interface OpenTransaction {
  readonly parentTransaction?: OpenTransaction;
}

/**
 * Touches of open transactions. Those of a savepoint go to the transaction around it when it is released, and away
 * when it is rolled back; where the ORM does not tell (6), they go to the outermost one at once.
 */
export class TransactionTree {
  private readonly touches = new WeakMap<OpenTransaction, TouchSet>();
  private readonly parents = new WeakMap<OpenTransaction, OpenTransaction>();
  private readonly beginning = new WeakMap<object, OpenTransaction>();

  /** @param around the transaction that a savepoint is about to be made in */
  starting(em: object, around: OpenTransaction | undefined): void {
    if (around) this.beginning.set(em, around);
    else this.beginning.delete(em);
  }

  started(em: object, transaction: OpenTransaction | undefined): void {
    const around = this.beginning.get(em);
    if (transaction && around && around !== transaction) this.parents.set(transaction, around);
    this.beginning.delete(em);
  }

  add(transaction: OpenTransaction, touches: Iterable<Touch>): void {
    const holder = outermost(transaction);
    const known = this.touches.get(holder) ?? new TouchSet();
    known.addAll(touches);
    this.touches.set(holder, known);
  }

  /** The transaction around a savepoint. */
  around(transaction: OpenTransaction): OpenTransaction | undefined {
    return this.parents.get(transaction);
  }

  /** @returns what is committed now: nothing for a savepoint, whose touches wait for the transaction around it. */
  commit(transaction: OpenTransaction | undefined): TouchSet | undefined {
    if (!transaction) return undefined;
    const touches = this.touches.get(transaction);
    this.touches.delete(transaction);
    const around = this.parents.get(transaction);
    if (!around) return touches;
    if (touches) this.add(around, touches);
    return undefined;
  }

  /** Takes the touches of a transaction away. */
  take(transaction: OpenTransaction): TouchSet {
    const touches = this.touches.get(outermost(transaction)) ?? new TouchSet();
    this.touches.delete(outermost(transaction));
    return touches;
  }

  waiting(transaction: OpenTransaction): number {
    return this.touches.get(outermost(transaction))?.size ?? 0;
  }

  rollback(transaction: OpenTransaction | undefined): void {
    if (transaction) this.touches.delete(transaction);
  }
}

export function outermost(transaction: OpenTransaction): OpenTransaction {
  return transaction.parentTransaction ? outermost(transaction.parentTransaction) : transaction;
}
