/**
 * How many requests may be sent again: some at once, and a share of those that are made, so that retries of many callers
 * never become a storm.
 */
export class RetryBudget {
  private tokens: number;

  constructor(
    private readonly burst = 100,
    private readonly share = 0.5,
  ) {
    this.tokens = burst;
  }

  /** Counts a request that was made. */
  earn(): void {
    this.tokens = Math.min(this.burst, this.tokens + this.share);
  }

  /** @returns whether one more may be sent again */
  spend(): boolean {
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
