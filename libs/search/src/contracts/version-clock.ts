/**
 * Gives the versions of documents. `next()` returns a whole number above every number it gave before, below 2^53.
 * A write reads its content from the database after its tick, so a higher version never holds older content.
 */
export interface VersionClock {
  next(): Promise<number>;
}
