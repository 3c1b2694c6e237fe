import type { LoadMany, TtlOf } from '../contracts/cache.js';
import type { ResolvedCacheOptions } from './cache-options.js';
import type { CacheSource } from './cache-source.js';
import { isDue } from './early-refresh.js';
import { isFresh, isMadeSince, isServable } from './entry.js';
import type { Entry } from './entry.js';
import type { Lease } from './lease.js';
import { madeOrStale } from './made-or-stale.js';
import type { Report } from './publish.js';
import type { Prefix, StoredEntries } from './stored-entries.js';
import { tolerant } from './tolerant.js';
import { leasedKey } from './value-maker.js';
import type { ValueMaker } from './value-maker.js';

/** How the values of many keys are made where there are none. */
export type ManyAsked<Value> = Readonly<{ ttl: TtlOf<Value>; load: LoadMany<Value>; options: ResolvedCacheOptions }>;

type Leased = Readonly<{ key: string; lease: Lease }>;

/** Finds many values: fresh on nodes, or stale and made anew in the background by one load, or made by one load. */
export class ManyFinder {
  /** Keys, as they are stored, whose values this process is making anew. */
  private readonly refreshing = new Set<string>();

  constructor(
    private readonly source: CacheSource,
    private readonly entries: StoredEntries,
    private readonly maker: ValueMaker,
    private readonly report: Report,
  ) {}

  /**
   * @param prefix `undefined` while it cannot be read: all is made for this caller then.
   * @param keys each once.
   */
  async find<Value>(
    prefix: Prefix | undefined,
    keys: readonly string[],
    asked: ManyAsked<Value>,
  ): Promise<Map<string, Value | undefined>> {
    const { options } = asked;
    const entries = prefix
      ? await tolerant(() => this.entries.readMany(prefix, keys), new Map<string, Entry>())
      : new Map<string, Entry>();
    const now = this.source.now();
    const found = new Map<string, Value | undefined>();
    const anew = new Map<string, Entry>();
    for (const [key, entry] of entries) {
      const fresh = isFresh(entry, now);
      if (!fresh && !isServable(entry, now, options.staleWhileRevalidateMs)) continue;
      this.report(key, fresh ? 'hit' : 'stale', 'node', prefix!.parts);
      found.set(key, entry.value as Value | undefined);
      if (!fresh || isDue(entry, now, this.source.random(), options.beta)) anew.set(key, entry);
    }
    if (prefix && anew.size > 0) void this.refresh(prefix, anew, asked).catch(() => undefined);
    const missing = keys.filter((key) => !found.has(key));
    for (const key of missing) this.report(key, 'miss', undefined, prefix?.parts);
    if (missing.length === 0) return found;
    for (const [key, value] of await this.make(prefix, missing, entries, asked)) found.set(key, value);
    return found;
  }

  /** An old value helps only where there is one of each key: a key without one would seem to have no value. */
  private make<Value>(
    prefix: Prefix | undefined,
    missing: readonly string[],
    entries: ReadonlyMap<string, Entry>,
    asked: ManyAsked<Value>,
  ): Promise<ReadonlyMap<string, Value>> {
    const { staleIfErrorMs, softTimeoutMs } = asked.options;
    const mayServe = (): boolean => {
      const now = this.source.now();
      return missing.every((key) => entries.has(key) && isServable(entries.get(key)!, now, staleIfErrorMs));
    };
    const serve = (): ReadonlyMap<string, Value> => {
      for (const key of missing) this.report(key, 'stale', 'node', prefix?.parts);
      return new Map(missing.map((key) => [key, entries.get(key)!.value as Value]));
    };
    return madeOrStale(this.maker.makeMany(prefix, missing, asked), softTimeoutMs, mayServe, serve);
  }

  /** Makes values anew in the background, but for those that another is making. */
  private async refresh<Value>(
    prefix: Prefix,
    seen: ReadonlyMap<string, Entry>,
    asked: ManyAsked<Value>,
  ): Promise<void> {
    const idle = [...seen.keys()]
      .map((key) => ({ key, ...leasedKey(prefix, key) }))
      .filter(({ stored }) => !this.refreshing.has(stored));
    for (const { stored } of idle) this.refreshing.add(stored);
    try {
      const leases = await Promise.all(idle.map((place) => this.maker.lease(place, asked.options)));
      const had = idle.flatMap(({ key }, i) => (leases[i]!.kind === 'own' ? [{ key, lease: leases[i]! }] : []));
      const own = await this.withoutMadeMeanwhile(prefix, had, seen);
      if (own.length === 0) return;
      for (const { key } of own) this.report(key, 'refresh', undefined, prefix.parts);
      await this.maker.makeMany(
        prefix,
        own.map(({ key }) => key),
        asked,
        own.map(({ lease }) => lease),
      );
    } finally {
      for (const { stored } of idle) this.refreshing.delete(stored);
    }
  }

  /** Of what another process has made since it was `seen`, the lease is ended. */
  private async withoutMadeMeanwhile(
    prefix: Prefix,
    had: readonly Leased[],
    seen: ReadonlyMap<string, Entry>,
  ): Promise<readonly Leased[]> {
    if (had.length === 0) return had;
    const keys = had.map(({ key }) => key);
    const entries = await tolerant(() => this.entries.readMany(prefix, keys), new Map<string, Entry>());
    const now = this.source.now();
    const isMade = ({ key }: Leased): boolean => isMadeSince(entries.get(key), seen.get(key), now);
    await Promise.all(had.filter(isMade).map(({ lease }) => tolerant(() => lease.end(), false)));
    return had.filter((one) => !isMade(one));
  }
}
