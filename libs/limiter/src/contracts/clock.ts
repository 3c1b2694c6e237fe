/** Tells the time in whole microseconds. Only differences count, so the origin is the clock's own affair. */
export type Clock = () => number;

/** Never jumps, and is shared with nobody: right wherever the buckets live in this process. */
export const monotonicClock: Clock = () => Math.floor(performance.now() * 1000);
