import { HerdRequestError } from '../errors/operation-errors.js';

/** @throws HerdRequestError unless `by` is what a counter can be changed by: a whole number of 0 or more. */
export function checkDelta(command: string, by: number): void {
  if (Number.isSafeInteger(by) && by >= 0) return;
  throw new HerdRequestError({
    what: `${command} needs a whole number of 0 or more`,
    received: by,
    remedy: 'use incr to add and decr to subtract',
  });
}
