/**
 * One timer for the deadlines of many operations. It is set to the first, and then looks at all that are still open: so an
 * operation that ends in time costs no timer of its own.
 *
 * It fires only after the event loop has read what had arrived by then: a process that was busy for longer than the deadline
 * must not blame its node.
 */
export class DeadlineTimer {
  private timer: NodeJS.Timeout | undefined;
  private at = Infinity;
  /** Whether it keeps the process alive. */
  private held = false;

  /**
   * @param expire ends all that are due, and returns the first deadline of the others; `Infinity` for none. `lateMs` is how
   * late the timer came: for so long this process was busy.
   */
  constructor(private readonly expire: (lateMs: number) => number) {}

  /** Fires by `due`, by the clock of `performance.now()`. The process stays alive until then, or until `release`. */
  setBy(due: number): void {
    if (due >= this.at) return this.hold();
    clearTimeout(this.timer);
    this.at = due;
    this.held = true;
    this.timer = setTimeout(this.run, Math.max(1, due - performance.now()));
  }

  /** Nothing is open: what is left of the timer need not keep the process alive. */
  release(): void {
    this.held = false;
    this.timer?.unref();
  }

  private hold(): void {
    if (this.held) return;
    this.held = true;
    this.timer?.ref();
  }

  private readonly run = (): void => {
    const lateMs = Math.max(0, performance.now() - this.at);
    setImmediate(() => {
      this.timer = undefined;
      this.at = Infinity;
      const next = this.expire(lateMs);
      if (next < Infinity) this.setBy(next);
    });
  };
}

/**
 * How long an operation with `timeoutMs` may take before it is given up: a little less, as timers come late and the caller
 * is notified one turn of the event loop after.
 */
export const dueIn = (timeoutMs: number): number => timeoutMs - Math.min(4, timeoutMs / 50);
