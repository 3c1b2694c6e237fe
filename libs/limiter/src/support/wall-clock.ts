import type { Clock } from '../contracts/clock.js';
import { monotonicClock } from './monotonic-clock.js';

/** The time of day in epoch microseconds: it may jump, and is shared with every machine whose clock is right. */
export const wallClock: Clock = () => Date.now() * 1000;

/** The time of day beside `clock`: a clock that a caller gave is both. */
export function wallClockBeside(clock: Clock): Clock {
  return clock === monotonicClock ? wallClock : clock;
}
