import { setTimeout as wait } from 'node:timers/promises';
import type { DemoApi } from './demo-api.js';

export type TrafficReport = Readonly<{ searches: number; failedSearches: number; writes: number; failedWrites: number }>;

/** Searches and edits that go on beside a migration, one of each every `everyMs`. */
export class Traffic {
  readonly #counts = { searches: 0, failedSearches: 0, writes: 0, failedWrites: 0 };
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
    return { ...this.#counts };
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
    const found = await this.demo.search({ q: 'congress', size: String(1 + (at % 10)) }).catch(() => undefined);
    this.#counts.searches += 1;
    if (!found || found.total === 0) this.#counts.failedSearches += 1;
  }

  async #write(at: number): Promise<void> {
    const written = await this.demo.changeParty(this.president, at % 2 === 0 ? 'National Union' : 'none').then(() => true, () => false);
    this.#counts.writes += 1;
    if (!written) this.#counts.failedWrites += 1;
  }
}
