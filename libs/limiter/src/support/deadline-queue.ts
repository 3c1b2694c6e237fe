/** Something that waits in a {@link DeadlineQueue}. */
export abstract class DeadlineEntry {
  /** @internal */
  dueAt = 0;
  /** @internal */
  before: DeadlineEntry | undefined;
  /** @internal */
  after: DeadlineEntry | undefined;

  abstract expire(timeoutMs: number): void;
}

/**
 * Deadlines that are all `timeoutMs` away, so that the oldest is always the next: one timer for all of them, where one for
 * each call would cost more than a decision. The timer keeps the process alive only while something waits.
 */
export class DeadlineQueue {
  #first: DeadlineEntry | undefined;
  #last: DeadlineEntry | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly timeoutMs: number) {}

  add(entry: DeadlineEntry): void {
    entry.dueAt = performance.now() + this.timeoutMs;
    entry.before = this.#last;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.after = entry;
    this.#last = entry;
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#expire(), this.timeoutMs);
    else if (entry.before === undefined) this.#timer.ref();
  }

  remove(entry: DeadlineEntry): void {
    if (entry.before === undefined) this.#first = entry.after;
    else entry.before.after = entry.after;
    if (entry.after === undefined) this.#last = entry.before;
    else entry.after.before = entry.before;
    entry.before = entry.after = undefined;
    if (this.#first === undefined) this.#timer?.unref();
  }

  #expire(): void {
    this.#timer = undefined;
    const now = performance.now();
    // A timer may fire up to a millisecond early by this clock.
    while (this.#first !== undefined && this.#first.dueAt < now + 1) {
      const entry = this.#first;
      this.remove(entry);
      entry.expire(this.timeoutMs);
    }
    if (this.#first !== undefined) this.#timer = setTimeout(() => this.#expire(), Math.ceil(this.#first.dueAt - now));
  }
}
