import { setTimeout as pause } from 'node:timers/promises';

import type { Cache, CacheOptions, Load, LoadMany, SetOptions, TtlOf } from '../contracts/cache.js';
import type { Change } from '../contracts/invalidation-bus.js';
import type { Ttl } from '../contracts/ttl.js';
import { checkCallOptions } from '../support/call-options.js';
import { entriesOf } from '../support/entries.js';
import { checked } from '../support/option-checks.js';
import { isOperationError } from '../support/operation-failure.js';
import { promised } from '../support/promised.js';
import { checkTtl, ttlMs } from '../support/ttl.js';
import { cacheKey, leaseKey } from './cache-key.js';
import { checkTags, resolveCallOptions } from './cache-options.js';
import type { ResolvedCacheOptions } from './cache-options.js';
import type { CacheSource } from './cache-source.js';
import { deepFreeze } from './deep-freeze.js';
import { refreshesEarly } from './early-refresh.js';
import { asEntry, entryOf, isFresh } from './entry.js';
import type { Entry } from './entry.js';
import { KeyWatch } from './key-watch.js';
import { acquireLease, stillHeld } from './lease.js';
import { boxedWithin, loadWithin } from './load-deadline.js';
import type { MemoryTier } from './memory-tier.js';
import { publishCache } from './publish.js';
import { SingleFlight } from './single-flight.js';
import type { Flight } from './single-flight.js';
import { readTagVersions, standingTags } from './tags.js';

/** Wait between two looks for a value that another process is loading. */
const pollMs = 20;

const setOptionNames = ['ttl', 'tags'] as const;

/** Where the keys of a cache stand; `undefined` while that cannot be known. */
type Prefix = () => Promise<readonly string[] | undefined>;

type Task<Value> = Readonly<{
  key: string;
  stored: string;
  lease: string;
  ttl: TtlOf<Value>;
  load: Load<Value>;
  options: ResolvedCacheOptions;
  prefix: readonly string[];
}>;

/** {@link Cache} over the commands of a herd. */
export class HerdCache implements Cache {
  private readonly flights = new SingleFlight();
  private readonly refreshes = new SingleFlight();
  private readonly manyWatch = new KeyWatch();
  private readonly memory: MemoryTier | undefined;

  constructor(
    protected readonly source: CacheSource,
    private readonly options: ResolvedCacheOptions,
    private readonly prefix: Prefix = () => Promise.resolve([]),
    private readonly space = '',
  ) {
    this.memory = options.memory && source.coherence.tier(space, options.memory, source.codec);
  }

  getOrSet<Value>(key: string, ttl: TtlOf<Value>, load: Load<Value>, given?: CacheOptions): Promise<Value> {
    return promised(() => {
      const options = this.callOptions(given);
      this.checkLife(ttl);
      const hit = this.memory?.get(key);
      if (!hit) return this.flights.run(key, (flight) => this.find({ key, ttl, load, options }, flight));
      this.publish(key, 'hit', 'memory');
      return Promise.resolve(hit.value as Value);
    });
  }

  async getOrSetMany<Value>(
    keys: readonly string[],
    ttl: TtlOf<Value>,
    load: LoadMany<Value>,
    given?: CacheOptions,
  ): Promise<Map<string, Value>> {
    const options = this.callOptions(given);
    this.checkLife(ttl);
    const prefix = await tolerant(this.prefix, undefined);
    const entries = prefix
      ? await tolerant(() => this.readAll(prefix, keys), new Map<string, Entry>())
      : new Map<string, Entry>();
    const missing = [...new Set(keys)].filter((key) => !entries.has(key));
    for (const key of missing) this.publish(key, 'miss');
    const made =
      missing.length === 0 ? new Map<string, Value>() : await this.makeMany(prefix, missing, { ttl, load, options });
    const found = new Map<string, Value>();
    for (const key of keys) {
      const value = entries.has(key) ? (entries.get(key)!.value as Value | undefined) : made.get(key);
      if (value !== undefined) found.set(key, value);
    }
    return found;
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    return (await this.getMany<Value>([key])).get(key);
  }

  async getMany<Value>(keys: readonly string[]): Promise<Map<string, Value>> {
    const found = new Map<string, Value>();
    const unknown: string[] = [];
    for (const key of new Set(keys)) {
      const hit = this.memory?.get(key);
      if (!hit) unknown.push(key);
      else if (hit.value !== undefined) found.set(key, hit.value as Value);
    }
    const prefix = unknown.length === 0 ? undefined : await this.prefix();
    if (prefix)
      for (const [key, { value }] of await this.readAll(prefix, unknown))
        if (value !== undefined) found.set(key, value as Value);
    return found;
  }

  async set(key: string, value: unknown, options: SetOptions): Promise<boolean> {
    return (await this.setMany([[key, value]], options)).get(key)!;
  }

  async setMany(given: Iterable<readonly [string, unknown]>, options: SetOptions): Promise<Map<string, boolean>> {
    checkCallOptions(options, setOptionNames);
    const { ttl, tags = [] } = options;
    checked((problems) => checkTags(problems, tags));
    const lifeMs = ttlMs(ttl, this.source.leastTtlMs);
    const entries = entriesOf('setMany', given);
    return this.changing([...entries.keys()], false, async (prefix) => {
      const versions = await readTagVersions(this.source, prefix, tags);
      if (!versions) return new Map<string, boolean>();
      // What is being loaded elsewhere is older than this: its lease goes first.
      await this.removeMany([...entries.keys()].map((key) => leaseKey(...prefix, key)));
      const now = this.source.now();
      const stored = await this.writeMany(
        [...entries].map(
          ([key, value]) => [cacheKey(...prefix, key), entryOf(value, lifeMs, now, 0, versions)] as const,
        ),
        lifeMs,
      );
      return new Map([...entries.keys()].map((key) => [key, stored.get(cacheKey(...prefix, key)) ?? false]));
    });
  }

  async delete(key: string): Promise<boolean> {
    return (await this.deleteMany([key])).get(key)!;
  }

  async deleteMany(keys: readonly string[]): Promise<Map<string, boolean>> {
    return this.changing(keys, false, async (prefix) => {
      await this.removeMany(keys.map((key) => leaseKey(...prefix, key)));
      const deleted = await this.removeMany(keys.map((key) => cacheKey(...prefix, key)));
      return new Map(keys.map((key) => [key, deleted.get(cacheKey(...prefix, key)) ?? false]));
    });
  }

  /** @throws HerdOptionError for a ttl that the servers cannot keep, before the first call has it. */
  checkTtl(ttl: Ttl): void {
    checked((problems) => checkTtl(problems, 'ttl', ttl, this.source.leastTtlMs));
  }

  /** What is under way is not kept, and no memory has what changed: neither before `change` nor after it. */
  protected async announced<Result>(what: Change, change: () => Promise<Result>): Promise<Result> {
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

  private async changing<Result>(
    keys: readonly string[],
    missing: Result,
    change: (prefix: readonly string[]) => Promise<Map<string, Result>>,
  ): Promise<Map<string, Result>> {
    const done = await this.announced({ kind: 'keys', keys }, async () => {
      const prefix = await this.prefix();
      return prefix && keys.length > 0 ? change(prefix) : new Map<string, Result>();
    });
    return new Map(keys.map((key) => [key, done.get(key) ?? missing]));
  }

  private callOptions(given: CacheOptions | undefined): ResolvedCacheOptions {
    if (given === undefined) return this.options;
    const options = resolveCallOptions(given, this.options, this.source.leastTtlMs);
    const isNamespace = this.space !== '' || options.tags.length === 0;
    checked((problems) =>
      problems.check(isNamespace, 'tags', given.tags, 'is for namespaces; use herd.namespace(name)'),
    );
    return options;
  }

  private checkLife(ttl: TtlOf<never>): void {
    if (typeof ttl !== 'function') ttlMs(ttl, this.source.leastTtlMs);
  }

  private publish(key: string, event: Parameters<typeof publishCache>[3], tier?: 'memory' | 'node'): void {
    publishCache(this.source.herd, this.space, key, event, tier);
  }

  private invalidate(key: string): void {
    this.flights.invalidate(key);
    this.refreshes.invalidate(key);
    this.manyWatch.changed([key]);
  }

  private invalidateAll(): void {
    this.flights.invalidateAll();
    this.refreshes.invalidateAll();
    this.manyWatch.allChanged();
  }

  private async find<Value>(
    asked: Pick<Task<Value>, 'key' | 'ttl' | 'load' | 'options'>,
    flight: Flight,
  ): Promise<Value> {
    const { key, options } = asked;
    const prefix = await tolerant(this.prefix, undefined);
    if (!prefix) {
      this.publish(key, 'miss');
      return loadWithin(JSON.stringify(key), options.loadTimeoutMs, asked.load);
    }
    const task = { ...asked, prefix, stored: cacheKey(...prefix, key), lease: leaseKey(...prefix, key) };
    const entry = await tolerant(() => this.read(prefix, key), undefined);
    const now = this.source.now();
    if (entry && isFresh(entry, now)) {
      this.publish(key, 'hit', 'node');
      const { freshUntil = Infinity, loadMs } = entry;
      if (freshUntil !== Infinity && refreshesEarly(freshUntil, loadMs, now, this.source.random(), options.beta))
        this.refresh(task);
      return entry.value as Value;
    }
    if (entry && now < entry.freshUntil! + options.staleWhileRevalidateMs) {
      this.publish(key, 'stale', 'node');
      this.refresh(task);
      return entry.value as Value;
    }
    this.publish(key, 'miss');
    return this.miss(task, entry, flight);
  }

  /** The fresh entries of `keys`. */
  private async readAll(prefix: readonly string[], keys: readonly string[]): Promise<Map<string, Entry>> {
    const found = await this.readMany(prefix, keys);
    const now = this.source.now();
    const fresh = new Map([...found].filter(([, entry]) => isFresh(entry, now)));
    for (const key of fresh.keys()) this.publish(key, 'hit', 'node');
    return fresh;
  }

  private async read(prefix: readonly string[], key: string): Promise<Entry | undefined> {
    return (await this.readMany(prefix, [key])).get(key);
  }

  /** The entries of `keys`, fresh or not, whose tags stand; with memory, they are kept there. */
  private async readMany(prefix: readonly string[], keys: readonly string[]): Promise<Map<string, Entry>> {
    const found = new Map<string, Entry>();
    const { memory } = this;
    const watches = memory && keys.map((key) => memory.begin(key));
    try {
      const stored = keys.map((key) => cacheKey(...prefix, key));
      const [only] = stored;
      const values: ReadonlyMap<string, unknown> =
        stored.length === 1
          ? new Map([[only!, await this.source.commands.get(only!)]])
          : await this.source.commands.getMany(stored);
      const entries = stored.map((name) => asEntry(values.get(name)));
      const standing = await standingTags(
        this.source,
        prefix,
        entries.map((entry) => entry?.tags),
      );
      for (const [i, entry] of entries.entries()) {
        if (!entry || !standing[i]) continue;
        found.set(keys[i]!, entry);
        if (memory) {
          deepFreeze(entry.value);
          memory.keep(watches![i]!, entry);
        }
      }
      return found;
    } finally {
      watches?.forEach((watch) => memory!.end(watch));
    }
  }

  private write(stored: string, entry: Entry, lifeMs: number): Promise<boolean> {
    return this.source.commands.set(stored, entry, { ttl: lifeMs === Infinity ? 'never' : lifeMs });
  }

  private async writeMany(
    entries: readonly (readonly [string, Entry])[],
    lifeMs: number,
  ): Promise<ReadonlyMap<string, boolean>> {
    const { commands } = this.source;
    if (commands.setMany && entries.length > 1)
      return commands.setMany(entries, { ttl: lifeMs === Infinity ? 'never' : lifeMs });
    const write = async ([name, entry]: readonly [string, Entry]) =>
      [name, await this.write(name, entry, lifeMs)] as const;
    return new Map(await Promise.all(entries.map(write)));
  }

  private async removeMany(names: readonly string[]): Promise<ReadonlyMap<string, boolean>> {
    const { commands } = this.source;
    if (commands.deleteMany && names.length > 1) return commands.deleteMany(names);
    return new Map(await Promise.all(names.map(async (name) => [name, await commands.delete(name)] as const)));
  }

  private async miss<Value>(task: Task<Value>, entry: Entry | undefined, flight: Flight): Promise<Value> {
    const { staleIfErrorMs, softTimeoutMs, waitMs, loadTimeoutMs } = task.options;
    const stale = (): boolean =>
      entry?.freshUntil !== undefined && this.source.now() < entry.freshUntil + staleIfErrorMs;
    const serveStale = (): Value => {
      this.publish(task.key, 'stale', 'node');
      return entry!.value as Value;
    };
    const lease = await acquireLease(this.source, task.lease, loadTimeoutMs);
    if (lease.kind === 'other') {
      const found = await this.pollForValue(task, stale() ? Math.min(waitMs, softTimeoutMs) : waitMs);
      if (found) return found.value as Value;
      if (softTimeoutMs < Infinity && stale()) return serveStale();
    }
    const making = this.make(task, flight, lease);
    try {
      const made = await boxedWithin(making, stale() ? softTimeoutMs : Infinity);
      if (made) return made.value;
    } catch (error) {
      if (!stale()) throw error;
      return serveStale();
    }
    making.catch(() => undefined);
    return serveStale();
  }

  /** Makes the value anew in the background, if no other process is at it. */
  private refresh<Value>(task: Task<Value>): void {
    const work = async (flight: Flight): Promise<void> => {
      const lease = await acquireLease(this.source, task.lease, task.options.loadTimeoutMs);
      if (lease.kind !== 'own') return;
      this.publish(task.key, 'refresh');
      await this.make(task, flight, lease);
    };
    void this.refreshes.run(task.key, work).catch(() => undefined);
  }

  /** Loads, and stores what came of it, unless the key was changed meanwhile; ends the lease. */
  private async make<Value>(
    task: Task<Value>,
    flight: Flight,
    lease: Awaited<ReturnType<typeof acquireLease>>,
  ): Promise<Value> {
    const { memory, source } = this;
    const watch = memory?.begin(task.key);
    try {
      const versions = await tolerant(() => readTagVersions(source, task.prefix, task.options.tags), undefined);
      const begun = source.now();
      const loaded = await loadWithin(JSON.stringify(task.key), task.options.loadTimeoutMs, task.load);
      const lifeMs = this.lifeOf(loaded, task);
      const value = this.asStored(loaded);
      if (lifeMs === 0 || !value || !versions || flight.invalidated) return value ? (value.value as Value) : loaded;
      const now = source.now();
      const entry = entryOf(value.value, lifeMs, now, Math.max(0, now - begun), versions);
      const kept = lease.kind !== 'other' && (await tolerant(() => this.store(task, entry, lifeMs, lease), false));
      if (kept && watch && !flight.invalidated) memory!.keep(watch, entry);
      return value.value as Value;
    } finally {
      if (watch) memory!.end(watch);
      if (lease.kind === 'own') await tolerant(() => source.commands.delete(task.lease), false);
    }
  }

  /** Whoever deletes or sets the key ends the lease first: so a lease that is there before and after is not overtaken. */
  private async store(
    { stored, lease: name, options }: Pick<Task<unknown>, 'stored' | 'lease' | 'options'>,
    entry: Entry,
    lifeMs: number,
    lease: Awaited<ReturnType<typeof acquireLease>>,
  ): Promise<boolean> {
    const held = (): Promise<boolean> =>
      lease.kind === 'own' ? stillHeld(this.source, name, lease.token) : Promise.resolve(true);
    if (!(await held())) return false;
    const extraMs = entry.value === undefined ? 0 : Math.max(options.staleIfErrorMs, options.staleWhileRevalidateMs);
    await this.write(stored, entry, lifeMs + extraMs);
    if (await held()) return true;
    await this.source.commands.delete(stored);
    return false;
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

  private async makeMany<Value>(
    prefix: readonly string[] | undefined,
    keys: readonly string[],
    { ttl, load, options }: Readonly<{ ttl: TtlOf<Value>; load: LoadMany<Value>; options: ResolvedCacheOptions }>,
  ): Promise<Map<string, Value>> {
    const { source } = this;
    const watches = keys.map((key) => this.manyWatch.begin(key));
    const leases = prefix
      ? await Promise.all(keys.map((key) => acquireLease(source, leaseKey(...prefix, key), options.loadTimeoutMs)))
      : [];
    try {
      const versions = prefix && (await tolerant(() => readTagVersions(source, prefix, options.tags), undefined));
      const begun = source.now();
      const loaded = await loadWithin(`${keys.length} keys`, options.loadTimeoutMs, (signal) => load(keys, signal));
      const made = new Map<string, Value>();
      const store: Promise<unknown>[] = [];
      for (const [i, key] of keys.entries()) {
        const raw = loaded.get(key);
        const value = this.asStored(raw);
        const given = (value ? value.value : raw) as Value | undefined;
        if (given !== undefined) made.set(key, given);
        const lifeMs = this.lifeOf(raw as Value, { ttl, options });
        const lease = leases[i];
        if (!prefix || !versions || !value || lifeMs === 0 || !lease || lease.kind === 'other') continue;
        if (!this.manyWatch.unchanged(watches[i]!)) continue;
        const now = source.now();
        const entry = entryOf(value.value, lifeMs, now, Math.max(0, now - begun), versions);
        const task = { stored: cacheKey(...prefix, key), lease: leaseKey(...prefix, key), options };
        store.push(tolerant(() => this.store(task, entry, lifeMs, lease), false));
      }
      await Promise.all(store);
      return made;
    } finally {
      watches.forEach((watch) => this.manyWatch.end(watch));
      const own = prefix ? keys.filter((_, i) => leases[i]?.kind === 'own').map((key) => leaseKey(...prefix, key)) : [];
      await tolerant(() => this.removeMany(own), new Map());
    }
  }

  private async pollForValue(
    { prefix, key }: Pick<Task<unknown>, 'prefix' | 'key'>,
    waitMs: number,
  ): Promise<Entry | undefined> {
    for (const start = performance.now(); performance.now() - start < waitMs;) {
      await pause(pollMs);
      const entry = await tolerant(() => this.read(prefix, key), undefined);
      if (entry && isFresh(entry, this.source.now())) return entry;
    }
    return undefined;
  }
}

/** A cache that fails is one without the value, and so is one that cannot read or store it. */
async function tolerant<Result, Instead>(ask: () => Promise<Result>, instead: Instead): Promise<Result | Instead> {
  try {
    return await ask();
  } catch (error) {
    if (isOperationError(error)) return instead;
    throw error;
  }
}
