import type { AnswerListener, AppliedCost, ApplyRequest } from '../contracts/limiter-storage.js';
import { StorageTimeoutError } from '../errors/storage-errors.js';
import { DeadlineEntry, type DeadlineQueue } from '../support/deadline-queue.js';
import type { Batch } from './key-queue.js';

/** A list of costs under way. Settled by the first of: the answer, the failure, the deadline: a storage that never answers must not hold up the key. */
export class SentList extends DeadlineEntry implements AnswerListener {
  #isSettled = false;

  /**
   * @param sentAt by `performance.now()`, from which its deadline counts
   * @param next called once it is settled
   */
  constructor(
    private readonly batch: Batch,
    { timeoutMs }: ApplyRequest,
    sentAt: number,
    private readonly deadlines: DeadlineQueue,
    private readonly next: () => void,
  ) {
    super(timeoutMs);
    deadlines.add(this, sentAt + timeoutMs);
  }

  succeed(outcomes: readonly AppliedCost[]): void {
    if (!this.#settle()) return;
    // An answer that cannot be dealt out is a failure too.
    try {
      this.batch.resolve(outcomes);
    } catch (error) {
      this.batch.reject(error);
    }
    this.next();
  }

  fail(error: unknown): void {
    if (!this.#settle()) return;
    this.batch.reject(error);
    this.next();
  }

  /** The queue has let go of it already. */
  override expire(): void {
    this.#isSettled = true;
    this.batch.reject(new StorageTimeoutError(this.timeoutMs));
    this.next();
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.deadlines.remove(this);
    return true;
  }
}
