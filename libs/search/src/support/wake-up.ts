/** A wait that others end early. A call that comes while nobody waits ends the next wait at once. */
export class WakeUp {
  private called = false;
  private end: (() => void) | undefined;

  call(): void {
    this.called = true;
    this.end?.();
  }

  /** Forgets calls that came before. */
  reset(): void {
    this.called = false;
  }

  /** Resolves after `ms` milliseconds, at a call, or when `signal` aborts. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (this.called || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.end = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener('abort', this.end, { once: true });
    });
    if (this.end) signal.removeEventListener('abort', this.end);
    this.end = undefined;
  }
}
