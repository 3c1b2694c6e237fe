interface Waiting<T, R> {
  readonly request: T;
  readonly resolve: (answer: R) => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers the requests of one turn of the event loop, at most `maxSize` at a time, and sends them together. */
export class TurnBatch<T, R> {
  #gathered: Waiting<T, R>[] = [];

  /** @param send answers each request, in order, or gives the error with which it fails alone; where it throws, all of them fail */
  constructor(
    private readonly maxSize: number,
    private readonly send: (requests: readonly T[]) => Promise<readonly (R | Error)[]>,
  ) {}

  add(request: T): Promise<R> {
    return new Promise((resolve, reject) => {
      const size = this.#gathered.push({ request, resolve, reject });
      if (size >= this.maxSize) void this.#flush();
      else if (size === 1) process.nextTick(() => void this.#flush());
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#gathered;
    this.#gathered = [];
    if (batch.length === 0) return;
    try {
      const answers = await this.send(batch.map(({ request }) => request));
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index]!;
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
