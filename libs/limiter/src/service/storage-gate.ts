import type { AnswerListener } from '../contracts/limiter-storage.js';
import { channel } from 'node:diagnostics_channel';
import { BucketTable } from '../algorithm/bucket-table.js';
import type { DecisionSource } from '../contracts/decision.js';
import { limiterChannels, type StorageErrorMessage } from '../contracts/diagnostics.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import { StorageTimeoutError, StorageUnavailableError } from '../errors/storage-errors.js';
import { isPromiseLike, withinDeadline } from '../support/deadline.js';
import { DeadlineEntry, DeadlineQueue } from '../support/deadline-queue.js';
import type { CallDeadline } from './call-deadline.js';
import { wallClockBeside } from '../support/wall-clock.js';
import type { ResolvedLimiterOptions } from './limiter-options.js';
import { StorageHealth } from './storage-health.js';

/** One call to the storage, the same decided by the buckets of this process, and the result with and without an answer. */
export interface StorageCall<T, R> {
  readonly policy: string;
  send(): MaybePromise<T>;
  decideLocally(table: BucketTable, now: number): T;
  result(answer: T, source: Exclude<DecisionSource, 'open'>): R;
  openResult(): R;
  /** Nobody waits for the answer any more. */
  abandon?(): void;
}

/** A call of which the storage answers a listener. */
export interface ListenedCall<T, R> extends StorageCall<T, R> {
  sendTo(listener: AnswerListener<T>): void;
}

const LOCAL_MAX_KEYS = 100_000;
const storageErrors = channel(limiterChannels.storageError);
const storageStates = channel(limiterChannels.storageState);

/** Calls the storage within the deadline; where that fails, falls back as `onStorageError` sets. */
export class StorageGate {
  readonly local: BucketTable;
  readonly health: StorageHealth;
  readonly #deadlines = new DeadlineQueue();

  constructor(private readonly options: ResolvedLimiterOptions) {
    this.local = new BucketTable(LOCAL_MAX_KEYS, wallClockBeside(options.clock));
    this.health = new StorageHealth(options.storage.name);
    this.health.watch((message) => storageStates.publish(message));
  }

  /**
   * Returns at once where the storage does.
   *
   * @param deadline of the call of which this is one step; when it has passed, nothing is sent. Default `timeoutMs` from now.
   * @throws {@link StorageUnavailableError}, at once or by rejecting, when the storage fails and `onStorageError` is `'closed'`
   */
  run<T, R>(call: StorageCall<T, R>, deadline?: CallDeadline): MaybePromise<R> {
    if (deadline?.remainingMs === 0) return this.fallBack(call, new StorageTimeoutError(this.options.timeoutMs));
    try {
      const answer = call.send();
      if (isPromiseLike(answer)) return this.#await(call, answer, deadline);
      this.health.answered();
      return call.result(answer, 'storage');
    } catch (error) {
      return this.fallBack(call, error);
    }
  }

  /** {@link StorageGate.run} of a call that is not answered at once. */
  listen<T, R>(call: ListenedCall<T, R>): Promise<R> {
    return new Promise((resolve, reject) => {
      const { timeoutMs } = this.options;
      const pending = new PendingCall(timeoutMs, this, this.#deadlines, call, undefined, resolve, reject);
      this.#deadlines.add(pending);
      try {
        call.sendTo(pending);
      } catch (error) {
        pending.fail(error);
      }
    });
  }

  /** The result of a call whose storage has failed. */
  fallBack<R>(call: StorageCall<unknown, R>, error: unknown): R {
    const failure = this.#failed(call.policy, error);
    switch (this.options.onStorageError) {
      case 'closed':
        throw failure;
      case 'open':
        return call.openResult();
      case 'local':
        return call.result(this.runLocally(call), 'local');
    }
  }

  runLocally<T>(call: Pick<StorageCall<T, unknown>, 'decideLocally'>): T {
    return call.decideLocally(this.local, this.options.clock());
  }

  /** @throws {@link StorageUnavailableError} whenever the storage fails: nothing stands in for it */
  async runWithoutFallback<T>(policy: string, send: () => MaybePromise<T>): Promise<T> {
    try {
      const answer = send();
      const result = isPromiseLike(answer) ? await withinDeadline(answer, this.options.timeoutMs) : answer;
      this.health.answered();
      return result;
    } catch (error) {
      throw this.#failed(policy, error);
    }
  }

  #await<T, R>(call: StorageCall<T, R>, answer: PromiseLike<T>, deadline: CallDeadline | undefined): Promise<R> {
    return new Promise((resolve, reject) => {
      const { timeoutMs } = this.options;
      const pending = new PendingCall(timeoutMs, this, this.#deadlines, call, deadline, resolve, reject);
      this.#deadlines.add(pending, deadline?.dueAt);
      answer.then(
        (value) => pending.succeed(value),
        (error: unknown) => pending.fail(error),
      );
    });
  }

  #failed(policy: string, error: unknown): StorageUnavailableError {
    const { storage, onStorageError } = this.options;
    this.health.failed(error);
    if (storageErrors.hasSubscribers) {
      storageErrors.publish({ storage: storage.name, policy, onStorageError, error } satisfies StorageErrorMessage);
    }
    return new StorageUnavailableError(storage.name, error);
  }
}

/** Settled by the first of: the answer, the failure, the deadline. */
class PendingCall<T, R> extends DeadlineEntry {
  #state: 'waiting' | 'settled' = 'waiting';

  constructor(
    timeoutMs: number,
    private readonly gate: StorageGate,
    private readonly deadlines: DeadlineQueue,
    private readonly call: StorageCall<T, R>,
    private readonly deadline: CallDeadline | undefined,
    private readonly resolve: (result: R) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    super(timeoutMs);
  }

  succeed(answer: T): void {
    if (!this.#settleInTime()) return;
    this.gate.health.answered();
    this.deadline?.answered();
    try {
      this.resolve(this.call.result(answer, 'storage'));
    } catch (error) {
      this.#fallBack(error);
    }
  }

  fail(error: unknown): void {
    if (this.#settleInTime()) this.#fallBack(error);
  }

  /** The queue has let go of it already. */
  override expire(): void {
    this.#state = 'settled';
    this.call.abandon?.();
    this.#fallBack(new StorageTimeoutError(this.timeoutMs));
  }

  #settleInTime(): boolean {
    if (this.#state === 'settled') return false;
    this.#state = 'settled';
    this.deadlines.remove(this);
    return true;
  }

  #fallBack(error: unknown): void {
    try {
      this.resolve(this.gate.fallBack(this.call, error));
    } catch (failure) {
      this.reject(failure);
    }
  }
}
