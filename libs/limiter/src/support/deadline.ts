import type { MaybePromise } from '../contracts/maybe-promise.js';
import { StorageTimeoutError } from '../errors/storage-errors.js';

/** Waits for `answer` at most `timeoutMs`. An answer or a failure that comes later is ignored. */
export function withinDeadline<T>(answer: PromiseLike<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new StorageTimeoutError(timeoutMs)), timeoutMs);
    const settle =
      <V>(done: (value: V) => void) =>
      (value: V): void => {
        clearTimeout(timer);
        done(value);
      };
    answer.then(settle(resolve), settle(reject));
  });
}

export function isPromiseLike<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | undefined)?.then === 'function';
}
