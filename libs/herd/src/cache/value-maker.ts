import type { Load, LoadMany, TtlOf } from '../contracts/cache.js';
import { ttlMs } from '../support/ttl.js';
import { cacheKey, leaseKey } from './cache-key.js';
import { loadedMap } from './call-checks.js';
import type { ResolvedCacheOptions } from './cache-options.js';
import type { CacheSource } from './cache-source.js';
import { deepFreeze } from './deep-freeze.js';
import { entryOf } from './entry.js';
import type { Entry } from './entry.js';
import { KeyWatch } from './key-watch.js';
import type { Watch } from './key-watch.js';
import { acquireLease } from './lease.js';
import type { Lease, LeasedKey } from './lease.js';
import { loadWithin } from './load-deadline.js';
import type { MemoryTier } from './memory-tier.js';
import type { RecentChanges } from './recent-changes.js';
import type { Flight } from './single-flight.js';
import type { Prefix } from './stored-entries.js';
import { readTagVersions } from './tags.js';
import type { TagVersions } from './tags.js';
import { tolerant } from './tolerant.js';

/** One value to make: where it stands, and how. */
export type Task<Value> = LeasedKey &
  Readonly<{ key: string; ttl: TtlOf<Value>; load: Load<Value>; options: ResolvedCacheOptions; prefix: Prefix }>;

export const leasedKey = (prefix: Prefix, key: string): LeasedKey => ({
  stored: cacheKey(...prefix.parts, key),
  lease: leaseKey(...prefix.parts, key),
});

/** Loads values, and stores what came of it, unless a key was changed meanwhile. */
export class ValueMaker {
  private readonly watch = new KeyWatch();

  constructor(
    private readonly source: CacheSource,
    private readonly memory: MemoryTier | undefined,
    private readonly changes: RecentChanges,
  ) {}

  /** What is being made of `key` is not kept; of all keys without it. */
  invalidate(key?: string): void {
    if (key === undefined) this.watch.allChanged();
    else this.watch.changed([key]);
  }

  /** A loaded value as every reader is given it, kept or not. */
  given<Value>(loaded: Value): Value {
    const value = this.asStored(loaded);
    return value ? (value.value as Value) : loaded;
  }

  /** What one of several callers is given, who must not change what the others have. */
  copyOf<Value>(value: Value): Value {
    return this.memory && deepFreeze(value) ? value : this.given(value);
  }

  /** The right to make a value; to be had before it is loaded. */
  lease(key: LeasedKey, { loadTimeoutMs }: ResolvedCacheOptions): Promise<Lease> {
    return acquireLease(this.source, key, loadTimeoutMs, this.changes.mark);
  }

  /** Makes one value, and ends its lease. */
  async make<Value>(task: Task<Value>, flight: Flight, lease: Lease): Promise<Value> {
    const { memory, source } = this;
    const watch = memory?.begin(task.key);
    try {
      const versions = await this.versionsOf(task.prefix, task.options);
      const begun = source.now();
      const loaded = await loadWithin(JSON.stringify(task.key), task.options.loadTimeoutMs, task.load);
      const lifeMs = this.lifeOf(loaded, task);
      const value = this.asStored(loaded);
      if (loaded === undefined && lifeMs === 0) await this.drop(task.key, lease);
      if (lifeMs === 0 || !value || !versions || flight.invalidated) return value ? (value.value as Value) : loaded;
      const now = source.now();
      const entry = entryOf(value.value, lifeMs, now, Math.max(0, now - begun), versions);
      await this.keep(task, entry, lifeMs, lease, watch, flight);
      return value.value as Value;
    } finally {
      if (watch) memory!.end(watch);
      await tolerant(() => lease.end(), false);
    }
  }

  /**
   * @param prefix `undefined` while it cannot be read: nothing is stored then.
   * @param given the leases of `keys`, where they are had already.
   */
  async makeMany<Value>(
    prefix: Prefix | undefined,
    keys: readonly string[],
    { ttl, load, options }: Readonly<{ ttl: TtlOf<Value>; load: LoadMany<Value>; options: ResolvedCacheOptions }>,
    given?: readonly Lease[],
  ): Promise<Map<string, Value>> {
    const { source, memory } = this;
    const watches = keys.map((key) => ({ made: this.watch.begin(key), kept: memory?.begin(key) }));
    const leases =
      given ?? (prefix ? await Promise.all(keys.map((key) => this.lease(leasedKey(prefix, key), options))) : []);
    try {
      const versions = prefix && (await this.versionsOf(prefix, options));
      const begun = source.now();
      const loaded = loadedMap(
        await loadWithin(`${keys.length} keys`, options.loadTimeoutMs, (signal) => load(keys, signal)),
      );
      const loadMs = Math.max(0, source.now() - begun);
      const made = new Map<string, Value>();
      const settle = async (key: string, i: number): Promise<void> => {
        const raw = loaded.get(key) as Value;
        const value = this.asStored(raw);
        const result = value ? (value.value as Value) : raw;
        if (result !== undefined) made.set(key, result);
        const lifeMs = this.lifeOf(raw, { ttl, options });
        const [lease, watch] = [leases[i], watches[i]!];
        if (!prefix || !lease || !value) return;
        if (lifeMs === 0 && raw === undefined) return this.drop(key, lease);
        if (lifeMs === 0 || !versions || !this.watch.unchanged(watch.made)) return;
        const entry = entryOf(value.value, lifeMs, source.now(), loadMs, versions);
        await this.keep({ options, prefix }, entry, lifeMs, lease, watch.kept);
      };
      await Promise.all(keys.map(settle));
      return made;
    } finally {
      for (const { made, kept } of watches) {
        this.watch.end(made);
        if (kept) memory!.end(kept);
      }
      await Promise.all(leases.map((lease) => tolerant(() => lease.end(), false)));
    }
  }

  private versionsOf({ parts }: Prefix, { tags }: ResolvedCacheOptions): Promise<TagVersions | undefined> {
    return tolerant(() => readTagVersions(this.source, parts, tags), undefined);
  }

  /** There is no value any more. */
  private async drop(key: string, lease: Lease): Promise<void> {
    if (await tolerant(() => lease.drop(), false)) this.memory?.apply({ kind: 'keys', keys: [key] });
  }

  /** Stores it on its node, and then in memory. What may be served past its end is stored for longer. */
  private async keep(
    { options, prefix }: Pick<Task<unknown>, 'options' | 'prefix'>,
    entry: Entry,
    lifeMs: number,
    lease: Lease,
    watch: Watch | undefined,
    flight?: Flight,
  ): Promise<void> {
    const extraMs = entry.value === undefined ? 0 : Math.max(options.staleIfErrorMs, options.staleWhileRevalidateMs);
    if (!(await tolerant(() => lease.store(entry, lifeMs + extraMs), false)) || !watch) return;
    const { memory } = this;
    if (flight?.invalidated !== true && memory!.epoch === prefix.epoch) memory!.keep(watch, entry);
  }

  private lifeOf<Value>(value: Value, { ttl, options }: Pick<Task<Value>, 'ttl' | 'options'>): number {
    if (value === undefined) return options.negativeTtlMs;
    if (options.unless(value as never)) return 0;
    return ttlMs(typeof ttl === 'function' ? ttl(value) : ttl, this.source.leastTtlMs);
  }

  /** A value as it will be read, in a box; none where the codec has no form for it: it is never kept, and so always the same. */
  private asStored(value: unknown): Readonly<{ value: unknown }> | undefined {
    if (value === undefined) return { value };
    try {
      const { codec } = this.source;
      const stored = codec.decode(codec.encode(value));
      if (this.memory) deepFreeze(stored);
      return { value: stored };
    } catch {
      return undefined;
    }
  }
}
