import { BUSY_MS } from './deadline.js';

/** Something that waits in a {@link DeadlineQueue}. */
export abstract class DeadlineEntry {
  /** @param timeoutMs how long it may wait, and how much more at most it is given where the event loop was busy */
  constructor(readonly timeoutMs: number) {}

  /** By `performance.now()`. @internal */
  dueAt = 0;
  /** Whether it was given time for a busy event loop: that happens once. @internal */
  prolonged = false;
  /** @internal */
  before: DeadlineEntry | undefined;
  /** @internal */
  after: DeadlineEntry | undefined;

  abstract expire(): void;
}

/**
 * Deadlines that are nearly all equally far away, so that the oldest is always the next: one timer for all of them, where one
 * for each call would cost more than a decision. The timer keeps the process alive only while something waits.
 *
 * Nothing expires before the event loop has read what had arrived by then, or, where it was busy, before what waited for it was
 * sent: a process that is busy must not blame its storage.
 */
export class DeadlineQueue {
  #first: DeadlineEntry | undefined;
  #last: DeadlineEntry | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer is to fire. */
  #timerAt = Infinity;

  /** @param dueAt by `performance.now()`; default its `timeoutMs` from now */
  add(entry: DeadlineEntry, dueAt = performance.now() + entry.timeoutMs): void {
    entry.dueAt = dueAt;
    this.#insert(entry);
    if (dueAt < this.#timerAt) this.#start(dueAt);
    else this.#timer?.ref();
  }

  remove(entry: DeadlineEntry): void {
    if (entry.before === undefined) this.#first = entry.after;
    else entry.before.after = entry.after;
    if (entry.after === undefined) this.#last = entry.before;
    else entry.after.before = entry.before;
    entry.before = entry.after = undefined;
    if (this.#first === undefined) this.#timer?.unref();
  }

  /** Behind all that are due before it: nearly always the last. */
  #insert(entry: DeadlineEntry): void {
    let before = this.#last;
    while (before !== undefined && before.dueAt > entry.dueAt) before = before.before;
    entry.before = before;
    entry.after = before === undefined ? this.#first : before.after;
    if (entry.after === undefined) this.#last = entry;
    else entry.after.before = entry;
    if (before === undefined) this.#first = entry;
    else before.after = entry;
  }

  #start(dueAt: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = dueAt;
    this.#timer = setTimeout(() => this.#afterReading(), Math.max(1, Math.round(dueAt - performance.now())));
  }

  #afterReading(): void {
    const firedAt = performance.now();
    const heldUpMs = firedAt - this.#timerAt;
    setImmediate(() => {
      this.#timer = undefined;
      this.#timerAt = Infinity;
      this.#expire(firedAt, heldUpMs);
      if (this.#first !== undefined) this.#start(this.#first.dueAt);
    });
  }

  #expire(firedAt: number, heldUpMs: number): void {
    // A timer may fire up to a millisecond early by this clock.
    while (this.#first !== undefined && this.#first.dueAt < firedAt + 1) {
      const entry = this.#first;
      this.remove(entry);
      if (heldUpMs > BUSY_MS && !entry.prolonged) {
        entry.prolonged = true;
        entry.dueAt = performance.now() + Math.max(1, Math.min(heldUpMs, entry.timeoutMs));
        this.#insert(entry);
      } else {
        entry.expire();
      }
    }
  }
}
