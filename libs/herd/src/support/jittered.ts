/** The longest wait that a timer of Node.js keeps. */
const longestMs = 2 ** 31 - 1;

/** @returns `ms`, up to the share `jitter` shorter or longer. `random` gives from 0 to below 1. */
export const jittered = (ms: number, jitter: number, random: () => number): number =>
  Math.min(longestMs, Math.max(1, ms * (1 + jitter * (2 * random() - 1))));
