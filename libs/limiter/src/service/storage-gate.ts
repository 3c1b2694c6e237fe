import { channel } from 'node:diagnostics_channel';
import { BucketTable } from '../algorithm/bucket-table.js';
import type { DecisionSource } from '../contracts/decision.js';
import { STORAGE_ERROR_CHANNEL, type StorageErrorMessage } from '../contracts/events.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import { StorageUnavailableError } from '../errors/storage-errors.js';
import { isPromiseLike, withinDeadline } from './deadline.js';
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
const storageErrors = channel(STORAGE_ERROR_CHANNEL);

/** Asks the storage within the deadline; where that fails, does what `onStorageError` says. */
export class StorageGate {
  readonly local = new BucketTable(LOCAL_MAX_KEYS);

  constructor(private readonly options: ResolvedLimiterOptions) {}

  /** @throws {@link StorageUnavailableError} when the storage fails and `onStorageError` is `'closed'` */
  async ask<T, R>(question: Question<T, R>): Promise<R> {
    try {
      const answer = question.ask();
      return question.answer(isPromiseLike(answer) ? await withinDeadline(answer, this.options.timeoutMs) : answer, 'storage');
    } catch (error) {
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
