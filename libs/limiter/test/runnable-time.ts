import { performance } from 'node:perf_hooks';

const STEP_MS = 5;

/** Time in which this process could run: where a busy machine lets it wait for a second, little of that counts. */
export class RunnableTime {
  #passedMs = 0;
  #lastAt = performance.now();
  readonly #timer = setInterval(() => this.#step(), STEP_MS).unref();

  /** Milliseconds since the start. */
  get passedMs(): number {
    this.#step();
    return this.#passedMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #step(): void {
    const now = performance.now();
    this.#passedMs += Math.min(now - this.#lastAt, 4 * STEP_MS);
    this.#lastAt = now;
  }
}
