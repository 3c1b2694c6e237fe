import type { Change } from '../contracts/invalidation-bus.js';
import type { CacheSource } from './cache-source.js';
import type { RecentChanges } from './recent-changes.js';
import type { SingleFlight } from './single-flight.js';
import type { Prefix } from './stored-entries.js';
import type { ValueFinder } from './value-finder.js';

/** Carries out changes so that nothing that is under way, or in a memory, outlives them. */
export class ChangeMaker {
  constructor(
    private readonly source: CacheSource,
    private readonly space: string,
    private readonly prefix: () => Promise<Prefix | undefined>,
    private readonly changes: RecentChanges,
    private readonly flights: SingleFlight,
    private readonly finder: ValueFinder,
  ) {}

  /** What is under way is not kept, and no memory has what changed: neither before `change` nor after it. */
  async announced<Result>(what: Change, change: () => Promise<Result>): Promise<Result> {
    const forget = (): void => {
      if (what.kind === 'keys') what.keys.forEach((key) => this.invalidate(key));
      else this.invalidateAll();
    };
    forget();
    this.source.coherence.drop(this.space, what);
    try {
      return await change();
    } finally {
      forget();
      this.source.coherence.changed(this.space, what);
    }
  }

  /** A change of `keys`, sent to all that have them. @returns the outcome of each, `missing` where it is unknown. */
  async ofKeys<Result>(
    keys: readonly string[],
    missing: Result,
    change: (prefix: Prefix) => Promise<Map<string, Result>>,
  ): Promise<Map<string, Result>> {
    const done = await this.announced({ kind: 'keys', keys }, async () => {
      const prefix = await this.prefix();
      for (const name of keys) this.changes.carriedOut({ kind: 'key', name }, prefix);
      return prefix && keys.length > 0 ? change(prefix) : new Map<string, Result>();
    });
    return new Map(keys.map((key) => [key, done.get(key) ?? missing]));
  }

  private invalidate(key: string): void {
    this.flights.invalidate(key);
    this.finder.invalidate(key);
  }

  private invalidateAll(): void {
    this.flights.invalidateAll();
    this.finder.invalidate();
  }
}
