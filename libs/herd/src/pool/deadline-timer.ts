/**
 * One timer for the deadlines of many operations. It is set to the first, and then looks at all that are still open: so an
 * operation that ends in time costs no timer of its own.
 *
 * What is due is looked for only after the event loop has read what had arrived by then: a process that was busy for longer
 * than the deadline must not blame its node.
 */
export class Sweep {
  private timer: NodeJS.Timeout | undefined;
  private at = Infinity;

  /** @param open deals with all that are due, and gives the first deadline of the others; `Infinity` for none. */
  constructor(private readonly open: () => number) {}

  /** Has the sweep run by `due`, by the clock of `performance.now()`. The process stays alive until then, or until `rest`. */
  by(due: number): void {
    if (due >= this.at) return void this.timer?.ref();
    clearTimeout(this.timer);
    this.at = due;
    this.timer = setTimeout(this.run, Math.max(1, due - performance.now()));
  }

  /** Nothing is open: what is left of the timer need not keep the process alive. */
  rest(): void {
    this.timer?.unref();
  }

  private readonly run = (): void => {
    setImmediate(() => {
      this.timer = undefined;
      this.at = Infinity;
      const next = this.open();
      if (next < Infinity) this.by(next);
    });
  };
}

/**
 * When an operation is given up that may take `timeoutMs` from now: a little before, as timers come late and the caller is
 * told one turn of the event loop after. By the clock of `performance.now()`.
 */
export const dueIn = (timeoutMs: number): number => performance.now() + timeoutMs - Math.min(4, timeoutMs / 50);
