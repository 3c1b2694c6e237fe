import type { MaybePromise } from '../contracts/maybe-promise.js';
import { StorageTimeoutError } from '../errors/storage-errors.js';

/** A timer that is later than this was held up: the event loop was busy, and nothing could be sent or read meanwhile. */
export const BUSY_MS = 5;

/**
 * Calls `late` after `timeoutMs`, but never before the event loop has read what had arrived by then, and where it was busy, not
 * before what had to wait for it was sent: a process that is busy must not blame its storage.
 *
 * @returns a function that calls it off
 */
export function afterDeadline(timeoutMs: number, late: () => void): () => void {
  const dueAt = performance.now() + timeoutMs;
  let reading: NodeJS.Immediate | undefined;
  const judge = (): void => void (reading = setImmediate(late));
  let timer = setTimeout(() => {
    const heldUpMs = performance.now() - dueAt;
    if (heldUpMs > BUSY_MS) timer = setTimeout(judge, Math.min(heldUpMs, timeoutMs));
    else judge();
  }, timeoutMs);
  return () => {
    clearTimeout(timer);
    clearImmediate(reading);
  };
}

/** Waits for `answer` at most `timeoutMs`, see {@link afterDeadline}. An answer or a failure that comes later is ignored. */
export function withinDeadline<T>(answer: PromiseLike<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const callOff = afterDeadline(timeoutMs, () => reject(new StorageTimeoutError(timeoutMs)));
    const settle =
      <V>(done: (value: V) => void) =>
      (value: V): void => {
        callOff();
        done(value);
      };
    answer.then(settle(resolve), settle(reject));
  });
}

export function isPromiseLike<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | undefined)?.then === 'function';
}
