/** Reproducible randomness. mulberry32, T. Ettinger, 2017. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Waiting {
  readonly weight: number;
  readonly resume: () => void;
}

/**
 * Decides who goes next: each actor stops at every point where others may come between, and one of those that stand
 * is let go at random. Actors of small weight are slow.
 */
export class Schedule {
  private readonly waiting: Waiting[] = [];
  private failure: { readonly error: unknown } | undefined;

  constructor(readonly random: () => number) {}

  point(weight = 1): Promise<void> {
    return new Promise((resume) => this.waiting.push({ weight, resume }));
  }

  spawn(actor: () => Promise<void>): void {
    actor().catch((error: unknown) => (this.failure ??= { error }));
  }

  int(below: number): number {
    return Math.floor(this.random() * below);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.int(from.length)]!;
  }

  /** @throws what an actor throws, or when `done` does not come in `maxSteps` */
  async runUntil(done: () => boolean, maxSteps: number): Promise<void> {
    for (let step = 0; step < maxSteps; step += 1) {
      // All that can go without being let go has gone when this comes.
      await new Promise(setImmediate);
      if (this.failure) throw this.failure.error;
      if (done()) return;
      this.next()?.resume();
    }
    throw new Error(`not done after ${maxSteps} steps`);
  }

  private next(): Waiting | undefined {
    let at = this.random() * this.waiting.reduce((sum, { weight }) => sum + weight, 0);
    const chosen = this.waiting.findIndex(({ weight }) => (at -= weight) < 0);
    return chosen < 0 ? this.waiting.shift() : this.waiting.splice(chosen, 1)[0];
  }
}
