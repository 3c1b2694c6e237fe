/** What a sample holds: the value of a while ago, or why there is none. */
export type Sample<Value> = Readonly<{ state: 'known'; value: Value } | { state: 'unknown'; reason: string }>;

/**
 * A value that is polled from a server that may hang. Reading it never waits: it is as old as the last answer,
 * and unknown once that is older than `maxAgeMs`. One question at a time is under way.
 */
export class Sampled<Value> {
  #sample: Sample<Value> = { state: 'unknown', reason: 'not queried yet' };
  #answeredAt = -Infinity;
  #asking: Promise<void> | undefined;

  constructor(
    private readonly ask: () => Promise<Value>,
    private readonly maxAgeMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  read(): Sample<Value> {
    void this.refresh();
    if (this.#sample.state === 'known' && this.now() - this.#answeredAt > this.maxAgeMs)
      return { state: 'unknown', reason: `no answer for ${this.maxAgeMs / 1000} s` };
    return this.#sample;
  }

  /** Asks, or joins the question that is under way. Resolves when it is answered, or has failed. */
  refresh(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(): Promise<void> {
    try {
      this.#sample = { state: 'known', value: await this.ask() };
      this.#answeredAt = this.now();
    } catch (error) {
      this.#sample = { state: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
  }
}
