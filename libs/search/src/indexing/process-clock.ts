import type { VersionClock } from '../contracts/version-clock.js';

/**
 * Versions from the clock of this process, in microseconds, strictly rising within it. Between processes they are as
 * good as the machines' clocks agree: of two processes that write one document within that difference, the later
 * write can count as the older one.
 *
 * @param now epoch milliseconds
 */
export function processClock(now: () => number = Date.now): VersionClock {
  let last = 0;
  return {
    next: () => {
      last = Math.max(last + 1, Math.floor(now() * 1000));
      return Promise.resolve(last);
    },
  };
}
