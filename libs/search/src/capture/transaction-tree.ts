import { TouchSet, type Touch } from './touch.js';

/** MikroORM 6 reports no savepoints, but its nested transactions have their parent. */
export interface OpenTransaction {
  readonly parentTransaction?: OpenTransaction;
}

interface Node {
  readonly around: OpenTransaction | undefined;
  touches: TouchSet;
  readonly savepoints: Set<OpenTransaction>;
}

/**
 * Touches of open transactions. Those of a savepoint go away when it is rolled back, and else with the transaction
 * around it: the ORM does not report every release (it does not on MySQL). Where it reports no savepoint (6), they go
 * to the outermost transaction at once.
 */
export class TransactionTree {
  private readonly nodes = new WeakMap<OpenTransaction, Node>();
  private readonly beginning = new WeakMap<object, OpenTransaction>();

  /** @param around the transaction that a savepoint is about to be made in */
  starting(em: object, around: OpenTransaction | undefined): void {
    if (around) this.beginning.set(em, around);
    else this.beginning.delete(em);
  }

  started(em: object, transaction: OpenTransaction | undefined): void {
    const around = this.beginning.get(em);
    this.beginning.delete(em);
    if (!transaction || !around || around === transaction) return;
    this.nodes.set(transaction, { around, touches: new TouchSet(), savepoints: new Set() });
    this.node(around).savepoints.add(transaction);
  }

  add(transaction: OpenTransaction, touches: Iterable<Touch>): void {
    this.node(withoutParent(transaction)).touches.addAll(touches);
  }

  /** The transaction that a savepoint is in, however deep; itself when it is none. */
  outermost(transaction: OpenTransaction): OpenTransaction {
    const around = transaction.parentTransaction ?? this.nodes.get(transaction)?.around;
    return around ? this.outermost(around) : transaction;
  }

  /** Touches that wait for the end of a transaction, with those of its savepoints. */
  waiting(transaction: OpenTransaction): number {
    const node = this.nodes.get(transaction);
    return node ? [...node.savepoints].reduce((sum, savepoint) => sum + this.waiting(savepoint), node.touches.size) : 0;
  }

  /** Takes the touches of a transaction, with those of its savepoints, out of the tree. */
  take(transaction: OpenTransaction): TouchSet {
    const node = this.nodes.get(transaction);
    if (!node) return new TouchSet();
    const { touches } = node;
    node.touches = new TouchSet();
    for (const savepoint of node.savepoints) touches.addAll(this.take(savepoint));
    return touches;
  }

  /** @returns what is committed now: nothing for a savepoint, whose touches wait for the transaction around it. */
  commit(transaction: OpenTransaction | undefined): TouchSet | undefined {
    if (!transaction || this.outermost(transaction) !== transaction) return undefined;
    const touches = this.take(transaction);
    return touches.size > 0 ? touches : undefined;
  }

  rollback(transaction: OpenTransaction | undefined): void {
    const node = transaction && this.nodes.get(transaction);
    if (!node) return;
    this.nodes.delete(transaction);
    if (node.around) this.nodes.get(node.around)?.savepoints.delete(transaction);
  }

  private node(transaction: OpenTransaction): Node {
    const known = this.nodes.get(transaction);
    if (known) return known;
    const node = { around: undefined, touches: new TouchSet(), savepoints: new Set<OpenTransaction>() };
    this.nodes.set(transaction, node);
    return node;
  }
}

function withoutParent(transaction: OpenTransaction): OpenTransaction {
  return transaction.parentTransaction ? withoutParent(transaction.parentTransaction) : transaction;
}
