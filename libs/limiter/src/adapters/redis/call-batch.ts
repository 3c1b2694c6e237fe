import type { CallRequest } from './apply-call.js';

/** A request that waits for the end of the turn. */
export interface BatchedRequest<T> {
  readonly request: CallRequest;
  readonly resolve: (answer: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers the requests of one turn of the event loop, at most `maxSize` at a time, and sends it together. */
export class CallBatch<T> {
  #gathered: BatchedRequest<T>[] = [];

  constructor(
    private readonly maxSize: number,
    private readonly send: (batch: readonly BatchedRequest<T>[]) => void,
  ) {}

  add(request: CallRequest): Promise<T> {
    return new Promise((resolve, reject) => {
      const size = this.#gathered.push({ request, resolve, reject });
      if (size >= this.maxSize) this.#flush();
      else if (size === 1) process.nextTick(() => this.#flush());
    });
  }

  #flush(): void {
    const batch = this.#gathered;
    this.#gathered = [];
    if (batch.length > 0) this.send(batch);
  }
}
