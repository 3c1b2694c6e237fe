/** The one deadline of a call that takes several steps. By `performance.now()`. */
export class CallDeadline {
  #dueAt: number;
  #prolonged = false;

  /** @param timeoutMs from now */
  constructor(private readonly timeoutMs: number) {
    this.#dueAt = performance.now() + timeoutMs;
  }

  get dueAt(): number {
    return this.#dueAt;
  }

  /** Whole milliseconds, 0 when it has passed. */
  get remainingMs(): number {
    return Math.max(0, Math.ceil(this.#dueAt - performance.now()));
  }

  /** An answer that is read only after the deadline shows that the event loop was busy so long: once, that time is given back. */
  answered(): void {
    const lateMs = performance.now() - this.#dueAt;
    if (lateMs <= 0 || this.#prolonged) return;
    this.#prolonged = true;
    this.#dueAt += lateMs + Math.min(lateMs, this.timeoutMs);
  }

  /** Waits for `work`, but no longer than the deadline; what comes of it later is ignored. */
  async atMost(work: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, this.remainingMs)));
    await Promise.race([work, over]).finally(() => clearTimeout(timer));
  }
}
