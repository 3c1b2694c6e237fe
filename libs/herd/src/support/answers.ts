import type { Answer, PendingListener } from '../contracts/pending.js';

/** Calls `listener` with the outcome of `answer`. */
export function hear<Result>(answer: Answer<Result>, listener: PendingListener<Result>): void {
  if ('listen' in answer) return answer.listen(listener);
  answer.then(
    (result) => listener.done(result),
    (error: unknown) => listener.failed(error),
  );
}

/** The same as a promise. */
export const promiseOf = <Result>(answer: Answer<Result>): Promise<Result> =>
  'listen' in answer ? new Promise((done, failed) => answer.listen({ done, failed })) : answer;
