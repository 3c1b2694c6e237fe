import type { AppliedCost, ApplyRequest } from '../contracts/limiter-storage.js';
import { StorageTimeoutError } from '../errors/storage-errors.js';
import { DeadlineEntry, type DeadlineQueue } from '../support/deadline-queue.js';
import type { Batch } from './key-queue.js';

/** A list of costs under way. Settled by the first of: the answer, the failure, the deadline: a storage that never answers must not hold up the key. */
export class SentList extends DeadlineEntry {
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

  await(answer: PromiseLike<readonly AppliedCost[]>): void {
    answer.then(
      (outcomes) => {
        if (this.#settle()) this.#end(() => this.batch.resolve(outcomes));
      },
      (error: unknown) => {
        if (this.#settle()) this.#end(() => this.batch.reject(error));
      },
    );
  }

  /** The queue has let go of it already. */
  override expire(): void {
    this.#isSettled = true;
    this.#end(() => this.batch.reject(new StorageTimeoutError(this.timeoutMs)));
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.deadlines.remove(this);
    return true;
  }

  /** An answer that cannot be dealt out is a failure too. */
  #end(answer: () => void): void {
    try {
      answer();
    } catch (error) {
      this.batch.reject(error);
    }
    this.next();
  }
}
