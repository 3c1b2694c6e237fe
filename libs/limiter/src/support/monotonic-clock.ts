import type { Clock } from '../contracts/clock.js';

/** Never jumps, and is shared with nobody: right wherever the buckets live in this process. */
export const monotonicClock: Clock = () => Math.floor(performance.now() * 1000);
