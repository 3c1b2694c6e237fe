import { channel } from 'node:diagnostics_channel';
import { BucketTable } from '../algorithm/bucket-table.js';
import type { DecisionSource } from '../contracts/decision.js';
import { limiterChannels, type StorageErrorMessage } from '../contracts/diagnostics.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import { StorageTimeoutError, StorageUnavailableError } from '../errors/storage-errors.js';
import { Deadlined, DeadlineQueue } from '../support/deadline-queue.js';
import { isPromiseLike, withinDeadline } from '../support/deadline.js';
import type { ResolvedLimiterOptions } from './limiter-options.js';

/** One question to the storage, the same question to the buckets of this process, and what to say without an answer. */
export interface Question<T, R> {
  readonly policy: string;
  ask(): MaybePromise<T>;
  askLocal(table: BucketTable, now: number): T;
  answer(value: T, source: Exclude<DecisionSource, 'open'>): R;
  open(): R;
}

const LOCAL_MAX_KEYS = 100_000;
const storageErrors = channel(limiterChannels.storageError);

/** Asks the storage within the deadline; where that fails, does what `onStorageError` says. */
export class StorageGate {
  readonly local = new BucketTable(LOCAL_MAX_KEYS);
  readonly #deadlines: DeadlineQueue;

  constructor(private readonly options: ResolvedLimiterOptions) {
    this.#deadlines = new DeadlineQueue(options.timeoutMs);
  }

  /**
   * Answers at once where the storage does.
   *
   * @throws {@link StorageUnavailableError}, at once or by rejecting, when the storage fails and `onStorageError` is `'closed'`
   */
  ask<T, R>(question: Question<T, R>): MaybePromise<R> {
    try {
      const answer = question.ask();
      return isPromiseLike(answer) ? this.#await(question, answer) : question.answer(answer, 'storage');
    } catch (error) {
      return this.instead(question, error);
    }
  }

  /** The answer of a storage that has failed. */
  instead<R>(question: Question<unknown, R>, error: unknown): R {
    const failure = this.#failed(question.policy, error);
    switch (this.options.onStorageError) {
      case 'closed':
        throw failure;
      case 'open':
        return question.open();
      case 'local':
        return question.answer(this.askLocal(question), 'local');
    }
  }

  #await<T, R>(question: Question<T, R>, answer: PromiseLike<T>): Promise<R> {
    return new Promise((resolve, reject) => {
      const waiting = new WaitingQuestion(this, this.#deadlines, question, resolve, reject);
      this.#deadlines.add(waiting);
      answer.then(
        (value) => waiting.succeed(value),
        (error: unknown) => waiting.fail(error),
      );
    });
  }

  askLocal<T>(question: Pick<Question<T, unknown>, 'askLocal'>): T {
    return question.askLocal(this.local, this.options.clock());
  }

  /** @throws {@link StorageUnavailableError} whenever the storage fails */
  async insist<T>(policy: string, ask: () => MaybePromise<T>): Promise<T> {
    try {
      const answer = ask();
      return isPromiseLike(answer) ? await withinDeadline(answer, this.options.timeoutMs) : answer;
    } catch (error) {
      throw this.#failed(policy, error);
    }
  }

  #failed(policy: string, error: unknown): StorageUnavailableError {
    const { storage, onStorageError } = this.options;
    if (storageErrors.hasSubscribers) {
      storageErrors.publish({ storage: storage.name, policy, onStorageError, error } satisfies StorageErrorMessage);
    }
    return new StorageUnavailableError(storage.name, error);
  }
}

/** Settled by the first of: the answer, the failure, the deadline. */
class WaitingQuestion<T, R> extends Deadlined {
  #settled = false;

  constructor(
    private readonly gate: StorageGate,
    private readonly deadlines: DeadlineQueue,
    private readonly question: Question<T, R>,
    private readonly resolve: (answer: R) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    super();
  }

  succeed(value: T): void {
    if (!this.#settle()) return;
    try {
      this.resolve(this.question.answer(value, 'storage'));
    } catch (error) {
      this.#instead(error);
    }
  }

  fail(error: unknown): void {
    if (this.#settle()) this.#instead(error);
  }

  override expire(timeoutMs: number): void {
    this.#settled = true;
    this.#instead(new StorageTimeoutError(timeoutMs));
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.deadlines.remove(this);
    return (this.#settled = true);
  }

  #instead(error: unknown): void {
    try {
      this.resolve(this.gate.instead(this.question, error));
    } catch (failure) {
      this.reject(failure);
    }
  }
}
