/** The time in whole microseconds. Only differences count, so the origin is the clock's own affair. */
export type Clock = () => number;
