/** Calls that come within this time of each other share a reading, so many at most. */
const closeMs = 0.2;
const shared = 16;

/**
 * The clock of `performance.now()`, read seldom: a reading can cost a tenth of an operation, and operations come in hundreds within
 * one turn of the event loop. Calls that follow one another closely share a reading of that turn.
 */
export class TurnClock {
  private at = -Infinity;
  private left = 0;

  constructor(private readonly clock: () => number = () => performance.now()) {}

  now(): number {
    if (this.left > 0) {
      this.left--;
      return this.at;
    }
    const now = this.clock();
    this.left = now - this.at < closeMs ? shared : 0;
    this.at = now;
    return now;
  }

  /** A new turn has begun: what was read is of before. @returns the time of now. */
  turned(): number {
    this.left = 0;
    return (this.at = this.clock());
  }
}
