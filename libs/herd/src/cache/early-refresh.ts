import type { Entry } from './entry.js';

/**
 * Whether this reader should make the value anew before its end, so that not all do so at it. The chance rises towards the
 * end, sooner for values that are slow to make.
 *
 * @param freshUntil the value's end, epoch milliseconds. @param loadMs how long it took to make.
 * @param random from 0 (excluded: it always refreshes) to 1.
 * @see Vattani, Chierichetti and Lowenstein, "Optimal Probabilistic Cache Stampede Prevention" (VLDB 2015), XFetch.
 */
export const refreshesEarly = (
  freshUntil: number,
  loadMs: number,
  now: number,
  random: number,
  beta: number,
): boolean => beta > 0 && now - loadMs * beta * Math.log(random) >= freshUntil;

/** {@link refreshesEarly} for what is stored: without an end it never does. */
export const isDue = ({ freshUntil, loadMs }: Entry, now: number, random: number, beta: number): boolean =>
  freshUntil !== undefined && refreshesEarly(freshUntil, loadMs, now, random, beta);
