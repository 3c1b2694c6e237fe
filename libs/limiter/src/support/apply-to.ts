import type { AnswerListener, AppliedCost, ApplyRequest, LimiterStorage } from '../contracts/limiter-storage.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import { isPromiseLike } from './deadline.js';

/** `applyTo` of a storage, whether it has one or not. */
export function applyTo(storage: LimiterStorage, request: ApplyRequest, listener: AnswerListener): void {
  if (storage.applyTo !== undefined) storage.applyTo(request, listener);
  else answerTo(listener, () => storage.apply(request));
}

/** Calls `listener` with the answer of `apply`. */
export function answerTo(listener: AnswerListener, apply: () => MaybePromise<readonly AppliedCost[]>): void {
  let answer;
  try {
    answer = apply();
  } catch (error) {
    return listener.fail(error);
  }
  if (!isPromiseLike(answer)) return listener.succeed(answer);
  answer.then(
    (outcomes) => listener.succeed(outcomes),
    (error: unknown) => listener.fail(error),
  );
}

/** What `applyTo` answers, as a promise. */
export function promised(send: (listener: AnswerListener) => void): Promise<readonly AppliedCost[]> {
  return new Promise((succeed, fail) => send({ succeed, fail }));
}
