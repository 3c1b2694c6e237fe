import { setTimeout as pause } from 'node:timers/promises';

import type { Cache, CacheOptions, Load, LoadMany, SetOptions, TtlOf } from '../contracts/cache.js';
import type { Change } from '../contracts/invalidation-bus.js';
import type { Ttl } from '../contracts/ttl.js';
import { checkCallOptions } from '../support/call-options.js';
import { entriesOf } from '../support/entries.js';
import { checked } from '../support/option-checks.js';
import { promised } from '../support/promised.js';
import { checkTtl, ttlMs } from '../support/ttl.js';
import { cacheKey } from './cache-key.js';
import { checkTags, resolveCallOptions } from './cache-options.js';
import type { ResolvedCacheOptions } from './cache-options.js';
import type { CacheSource } from './cache-source.js';
import { refreshesEarly } from './early-refresh.js';
import { entryOf, isFresh } from './entry.js';
import type { Entry } from './entry.js';
import type { Lease } from './lease.js';
import { boxedWithin, loadWithin } from './load-deadline.js';
import type { MemoryTier } from './memory-tier.js';
import { publishCache } from './publish.js';
import type { RecentChanges } from './recent-changes.js';
import { SingleFlight } from './single-flight.js';
import type { Flight } from './single-flight.js';
import { StoredEntries } from './stored-entries.js';
import type { Look, Prefix } from './stored-entries.js';
import { readTagVersions } from './tags.js';
import { tolerant } from './tolerant.js';
import { leasedKey, ValueMaker } from './value-maker.js';
import type { Task } from './value-maker.js';

/** Wait between two looks for a value that another process is loading. */
const pollMs = 20;

const setOptionNames = ['ttl', 'tags'] as const;

/** Of a herd itself, which has no memory. */
const nowhere: Prefix = Object.freeze({ parts: [], epoch: 0, route: 0 });

/** {@link Cache} over the commands of a herd. */
export class HerdCache implements Cache {
  private readonly flights: SingleFlight;
  private readonly refreshes = new SingleFlight();
  private readonly memory: MemoryTier | undefined;
  private readonly entries: StoredEntries;
  private readonly maker: ValueMaker;
  protected readonly changes: RecentChanges;

  constructor(
    protected readonly source: CacheSource,
    private readonly options: ResolvedCacheOptions,
    /** Where the keys stand; `undefined` while that cannot be known. */
    private readonly prefix: () => Promise<Prefix | undefined> = () => Promise.resolve(nowhere),
    private readonly space = '',
  ) {
    this.memory = options.memory && source.coherence.tier(space, options.memory, source.codec);
    this.changes = source.coherence.changesOf(space);
    this.flights = new SingleFlight(this.memory);
    this.entries = new StoredEntries(source, this.memory, this.changes);
    this.maker = new ValueMaker(source, this.memory, this.changes);
  }

  getOrSet<Value>(key: string, ttl: TtlOf<Value>, load: Load<Value>, given?: CacheOptions): Promise<Value> {
    return promised(() => {
      const options = this.callOptions(given);
      this.checkLife(ttl);
      const hit = this.memory?.get(key);
      const find = (flight: Flight): Promise<Value> => this.find({ key, ttl, load, options }, flight);
      if (!hit) return this.flights.run(key, find, (value) => this.maker.copyOf(value));
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
      missing.length === 0
        ? new Map<string, Value>()
        : await this.maker.makeMany(prefix, missing, { ttl, load, options });
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
      const versions = await readTagVersions(this.source, prefix.parts, tags);
      if (!versions) {
        // What is there is old by now.
        await this.entries.removeMany([...entries.keys()].map((key) => cacheKey(...prefix.parts, key)));
        return new Map<string, boolean>();
      }
      const now = this.source.now();
      const stored = await this.entries.writeMany(
        [...entries].map(
          ([key, value]) => [cacheKey(...prefix.parts, key), entryOf(value, lifeMs, now, 0, versions)] as const,
        ),
        lifeMs,
      );
      return new Map([...entries.keys()].map((key) => [key, stored.get(cacheKey(...prefix.parts, key)) ?? false]));
    });
  }

  async delete(key: string): Promise<boolean> {
    return (await this.deleteMany([key])).get(key)!;
  }

  async deleteMany(keys: readonly string[]): Promise<Map<string, boolean>> {
    return this.changing(keys, false, async (prefix) => {
      const deleted = await this.entries.removeMany(keys.map((key) => cacheKey(...prefix.parts, key)));
      return new Map(keys.map((key) => [key, deleted.get(cacheKey(...prefix.parts, key)) ?? false]));
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
    change: (prefix: Prefix) => Promise<Map<string, Result>>,
  ): Promise<Map<string, Result>> {
    const done = await this.announced({ kind: 'keys', keys }, async () => {
      const prefix = await this.prefix();
      for (const name of keys) this.changes.carriedOut({ kind: 'key', name }, prefix);
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
    this.maker.invalidate(key);
  }

  private invalidateAll(): void {
    this.flights.invalidateAll();
    this.refreshes.invalidateAll();
    this.maker.invalidate();
  }

  private async find<Value>(
    asked: Pick<Task<Value>, 'key' | 'ttl' | 'load' | 'options'>,
    flight: Flight,
  ): Promise<Value> {
    const { key, options } = asked;
    const prefix = await tolerant(this.prefix, undefined);
    if (!prefix) {
      this.publish(key, 'miss');
      return this.maker.given(await loadWithin(JSON.stringify(key), options.loadTimeoutMs, asked.load));
    }
    const task = { ...asked, ...leasedKey(prefix, key), prefix };
    const { entry, lease } = await this.look(task);
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
    return this.miss(task, entry, flight, lease);
  }

  /** Reads one key: with its lease, where the servers hand out leases with what they answer. */
  private async look({ prefix, key, options }: Pick<Task<never>, 'prefix' | 'key' | 'options'>): Promise<Look> {
    const leases = this.source.leases();
    const leaseMs = Math.max(this.source.leastTtlMs, options.loadTimeoutMs);
    const look = leases && (await tolerant(() => this.entries.readLeased(leases, prefix, key, leaseMs), undefined));
    return look ?? { entry: await tolerant(() => this.entries.read(prefix, key), undefined) };
  }

  /** The fresh entries of `keys`. */
  private async readAll(prefix: Prefix, keys: readonly string[]): Promise<Map<string, Entry>> {
    const fresh = await this.entries.readFresh(prefix, keys);
    for (const key of fresh.keys()) this.publish(key, 'hit', 'node');
    return fresh;
  }

  private async miss<Value>(
    task: Task<Value>,
    entry: Entry | undefined,
    flight: Flight,
    given: Lease | undefined,
  ): Promise<Value> {
    const { staleIfErrorMs, softTimeoutMs, waitMs } = task.options;
    const stale = (): boolean =>
      entry?.freshUntil !== undefined && this.source.now() < entry.freshUntil + staleIfErrorMs;
    const serveStale = (): Value => {
      this.publish(task.key, 'stale', 'node');
      return entry!.value as Value;
    };
    const lease = given ?? (await this.maker.lease(task, task.options));
    if (lease.kind === 'other') {
      const found = await this.pollForValue(task, stale() ? Math.min(waitMs, softTimeoutMs) : waitMs);
      if (found) return found.value as Value;
      if (softTimeoutMs < Infinity && stale()) return serveStale();
    }
    const making = this.maker.make(task, flight, lease);
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
      const lease = await this.maker.lease(task, task.options);
      if (lease.kind !== 'own') return;
      this.publish(task.key, 'refresh');
      await this.maker.make(task, flight, lease);
    };
    void this.refreshes.run(task.key, work).catch(() => undefined);
  }

  private async pollForValue(
    { prefix, key }: Pick<Task<unknown>, 'prefix' | 'key'>,
    waitMs: number,
  ): Promise<Entry | undefined> {
    for (const start = performance.now(); performance.now() - start < waitMs;) {
      await pause(pollMs);
      const entry = await tolerant(() => this.entries.read(prefix, key), undefined);
      if (entry && isFresh(entry, this.source.now())) return entry;
    }
    return undefined;
  }
}
