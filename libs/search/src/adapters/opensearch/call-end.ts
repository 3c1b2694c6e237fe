/**
 * The end of one call: by its caller, by its deadline, or as the engine is closed. One timer and one controller, let go of with
 * the answer: `AbortSignal.any` and `AbortSignal.timeout` hold on to what they have ended by until the old generation is collected.
 */
export class CallEnd {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly onCaller: (() => void) | undefined;
  /** Whether the deadline has passed. */
  late = false;

  constructor(
    timeoutMs: number,
    private readonly caller: AbortSignal | undefined,
  ) {
    this.timer = setTimeout(() => this.expire(), timeoutMs).unref();
    if (!caller) return;
    this.onCaller = () => this.controller.abort(caller.reason);
    caller.addEventListener('abort', this.onCaller, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(reason: unknown): void {
    this.controller.abort(reason);
  }

  release(): void {
    clearTimeout(this.timer);
    if (this.onCaller) this.caller!.removeEventListener('abort', this.onCaller);
  }

  private expire(): void {
    this.late = true;
    this.controller.abort(new DOMException('the deadline has passed', 'TimeoutError'));
  }
}
