/** Lets so many through at once; others wait in their order, and no more than `maxWaiting` of them. */
export class SearchGate {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    readonly maxRunning: number,
    readonly maxWaiting: number,
  ) {}

  /**
   * @returns `'entered'`: `leave()` must follow. `'full'`: too many wait already. `'aborted'`: the signal was first.
   */
  async enter(signal: AbortSignal): Promise<'entered' | 'full' | 'aborted'> {
    if (signal.aborted) return 'aborted';
    if (this.running < this.maxRunning) {
      this.running += 1;
      return 'entered';
    }
    if (this.waiting.length >= this.maxWaiting) return 'full';
    return new Promise((resolve) => {
      const enter = (): void => {
        signal.removeEventListener('abort', abort);
        resolve('entered');
      };
      const abort = (): void => {
        this.waiting.splice(this.waiting.indexOf(enter), 1);
        resolve('aborted');
      };
      signal.addEventListener('abort', abort, { once: true });
      this.waiting.push(enter);
    });
  }

  leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}
