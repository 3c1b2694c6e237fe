// The global of that name is a getter, which costs half as much again as the reading.
import { performance } from 'node:perf_hooks';
import type { Clock } from '../contracts/clock.js';

/** Never jumps, and is shared with nobody: right wherever the buckets live in this process. */
export const monotonicClock: Clock = () => Math.floor(performance.now() * 1000);

/** What an option that holds a {@link Clock} must be. */
export const CLOCK_RULE = 'must be a function that returns whole microseconds';
