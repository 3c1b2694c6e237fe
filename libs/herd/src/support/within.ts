import { afterDeadline } from './deadline.js';

/**
 * Runs `work` under a deadline of its own and the caller's signal, and settles when the first of the three does, whatever
 * `work` makes of the signal that it is given.
 *
 * @throws what `work` throws, the reason of `signal`, or what `late` gives once `timeoutMs` have passed.
 */
export async function within<Result>(
  timeoutMs: number,
  signal: AbortSignal,
  late: () => Error,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal.reason);
  const cancel = afterDeadline(timeoutMs, () => controller.abort(late()));
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<Result>((resolve, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error), { once: true });
      work(controller.signal).then(resolve, (error: unknown) =>
        reject((controller.signal.aborted ? controller.signal.reason : error) as Error),
      );
    });
  } finally {
    cancel();
    signal.removeEventListener('abort', stop);
  }
}
