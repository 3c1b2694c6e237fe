import type { AnswerListener } from '../contracts/limiter-storage.js';

interface Waiting<T, R> {
  readonly request: T;
  readonly listener: AnswerListener<R>;
}

/** Fewer are not worth a call of their own. */
const LEAST_OF_HALF = 8;

/**
 * Gathers the requests of one turn of the event loop, at most `maxSize` at a time, and sends them together. Where nothing is under
 * way, in two halves: so the server works on one while this process reads the answers of the other and sends what follows them,
 * and neither waits for the other.
 */
export class TurnBatch<T, R> {
  #gathered: Waiting<T, R>[] = [];
  #underWay = 0;

  /** @param send answers each request, in order, or gives the error with which it fails alone; where it throws, all of them fail */
  constructor(
    private readonly maxSize: number,
    private readonly send: (requests: readonly T[]) => Promise<readonly (R | Error)[]>,
  ) {}

  add(request: T, listener: AnswerListener<R>): void {
    const size = this.#gathered.push({ request, listener });
    if (size >= this.maxSize) this.#flush();
    else if (size === 1) process.nextTick(() => this.#flush());
  }

  #flush(): void {
    const batch = this.#gathered;
    this.#gathered = [];
    if (batch.length === 0) return;
    const half = batch.length >> 1;
    if (this.#underWay > 0 || half < LEAST_OF_HALF) return void this.#send(batch);
    void this.#send(batch.slice(0, half));
    void this.#send(batch.slice(half));
  }

  async #send(batch: readonly Waiting<T, R>[]): Promise<void> {
    this.#underWay++;
    let answers: readonly (R | Error)[];
    try {
      answers = await this.send(batch.map(({ request }) => request));
    } catch (error) {
      for (const { listener } of batch) listener.fail(error);
      return;
    } finally {
      this.#underWay--;
    }
    batch.forEach(({ listener }, index) => {
      const answer = answers[index]!;
      if (answer instanceof Error) listener.fail(answer);
      else listener.succeed(answer);
    });
  }
}
