/** Tells its listeners that there may be news, at most so often: a server that is away is news at every attempt. */
export class News {
  private readonly listeners = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  private again = false;

  constructor(private readonly everyMs: number) {}

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  readonly report = (): void => {
    if (this.timer) {
      this.again = true;
      return;
    }
    this.again = false;
    for (const listener of this.listeners) listener();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.again) this.report();
    }, this.everyMs).unref();
  };

  /** A herd has closed: nothing is left once the last has. */
  close(): void {
    if (this.listeners.size > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
