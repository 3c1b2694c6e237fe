/** What is done about a server that sends nothing, though a request waits. */
export interface SilenceOptions {
  readonly silenceMs: number;
  /** Called at most once for each `silenceMs`. */
  readonly leave: () => void;
  readonly nowMs: () => number;
}

/**
 * Notices that nothing comes from a server: its process may be frozen, or the network cut, while the connection stays open.
 * A time-out of the socket does not see that while commands go on being written.
 */
export class Silence {
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: SilenceOptions) {}

  asked(): void {
    this.#since ??= this.options.nowMs();
    this.#look();
  }

  heard(): void {
    this.#since = undefined;
  }

  #look(afterMs = this.options.silenceMs): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      // What has arrived is read first: a process that was busy must not blame the server.
      setImmediate(() => this.#judge());
    }, afterMs).unref();
  }

  #judge(): void {
    const { silenceMs, nowMs, leave } = this.options;
    this.#timer = undefined;
    if (this.#since === undefined) return;
    const restMs = silenceMs - (nowMs() - this.#since);
    if (restMs > 0) return this.#look(restMs);
    this.#since = undefined;
    leave();
  }
}
