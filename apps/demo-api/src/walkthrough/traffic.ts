import { setTimeout as wait } from 'node:timers/promises';
import type { DemoApi } from './demo-api.js';

export type TrafficReport = Readonly<{
  searches: number;
  failedSearches: number;
  writes: number;
  failedWrites: number;
  /** Why the first one that failed did. */ failure?: string;
}>;

/** Searches and edits that go on beside a migration, one of each every `everyMs`. */
export class Traffic {
  readonly #counts = { searches: 0, failedSearches: 0, writes: 0, failedWrites: 0 };
  #failure: string | undefined;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(
    private readonly demo: DemoApi,
    private readonly president: number,
    private readonly everyMs: number,
  ) {
    this.#running = Promise.all([this.#repeat((at) => this.#search(at)), this.#repeat((at) => this.#write(at))]);
  }

  get report(): TrafficReport {
    return { ...this.#counts, ...(this.#failure === undefined ? {} : { failure: this.#failure }) };
  }

  async stop(): Promise<TrafficReport> {
    this.#stop.abort();
    await this.#running;
    return this.report;
  }

  async #repeat(act: (at: number) => Promise<void>): Promise<void> {
    const { signal } = this.#stop;
    for (let at = 0; !signal.aborted; at += 1) {
      await act(at);
      await wait(this.everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A search that finds nothing has failed as well: the word is in every address. */
  async #search(at: number): Promise<void> {
    const query = { q: 'congress', size: String(1 + (at % 10)) };
    const failure = await this.demo
      .search(query)
      .then(({ total }) => (total === 0 ? 'a search found nothing' : undefined), messageOf);
    this.#counts.searches += 1;
    if (failure !== undefined) this.#counts.failedSearches += 1;
    this.#failure ??= failure;
  }

  async #write(at: number): Promise<void> {
    const failure = await this.demo
      .changeParty(this.president, at % 2 === 0 ? 'National Union' : 'none')
      .then(() => undefined, messageOf);
    this.#counts.writes += 1;
    if (failure !== undefined) this.#counts.failedWrites += 1;
    this.#failure ??= failure;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
