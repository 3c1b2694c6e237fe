export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * Wait before try number `attempt` (1 is the first repetition): exponential with full jitter, so that many clients do
 * not come back at once. See "Exponential Backoff And Jitter", M. Brooker, 2015.
 *
 * @param random from 0 to below 1
 */
export function backoffMs(attempt: number, { baseMs, maxMs }: BackoffOptions, random: number): number {
  return Math.ceil(Math.min(maxMs, baseMs * 2 ** (attempt - 1)) * random);
}
