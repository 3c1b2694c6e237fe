import { HerdTimeoutError } from '../errors/operation-errors.js';
import { withDeadline } from '../support/deadline.js';

/** Runs `load` with a signal that is aborted at the deadline. @throws HerdTimeoutError then. */
export function loadWithin<Value>(
  what: string,
  timeoutMs: number,
  load: (signal: AbortSignal) => Promise<Value> | Value,
): Promise<Value> {
  const abort = new AbortController();
  const late = () => {
    const error = new HerdTimeoutError({
      what: `Loading ${what} took over ${timeoutMs} ms`,
      remedy: 'raise loadTimeout, or end the load by its signal',
    });
    abort.abort(error);
    return error;
  };
  return withDeadline(
    Promise.resolve().then(() => load(abort.signal)),
    timeoutMs,
    late,
  );
}

/** @returns what `work` gives, or `undefined` after `ms`: it goes on then. */
export function boxedWithin<Result>(
  work: Promise<Result>,
  ms: number,
): Promise<Readonly<{ value: Result }> | undefined> {
  const boxed = work.then((value) => ({ value }));
  if (ms === Infinity) return boxed;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    boxed.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
