import { boxedWithin } from './load-deadline.js';

/**
 * What `making` gives, or what is past its end, where making it fails or takes longer than `softTimeoutMs`: it goes on then.
 *
 * @param mayServe whether what is past its end may be served at this moment.
 */
export async function madeOrStale<Result>(
  making: Promise<Result>,
  softTimeoutMs: number,
  mayServe: () => boolean,
  serve: () => Result,
): Promise<Result> {
  try {
    const made = await boxedWithin(making, mayServe() ? softTimeoutMs : Infinity);
    if (made) return made.value;
    if (!mayServe()) return await making;
  } catch (error) {
    if (!mayServe()) throw error;
    return serve();
  }
  making.catch(() => undefined);
  return serve();
}
