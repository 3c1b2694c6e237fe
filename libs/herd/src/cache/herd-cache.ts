import { setTimeout as pause } from 'node:timers/promises';

import type { Cache, CacheOptions, Load } from '../contracts/cache.js';
import { checked } from '../support/option-checks.js';
import { checkTtl, ttlMs } from '../support/ttl.js';
import type { Ttl } from '../contracts/ttl.js';
import { HerdTimeoutError } from '../errors/operation-errors.js';
import { isOperationError } from '../support/operation-failure.js';
import { withDeadline } from '../support/deadline.js';
import { checkCallOptions } from '../support/call-options.js';
import { cacheKey } from './cache-key.js';
import { resolveCallOptions } from './cache-options.js';
import type { ResolvedCacheOptions } from './cache-options.js';
import type { CacheSource } from './cache-source.js';
import { refreshesEarly } from './early-refresh.js';
import { asEntry, entryOf, isFresh } from './entry.js';
import type { Entry } from './entry.js';
import { acquireLease, stillHeld } from './lease.js';
import { SingleFlight } from './single-flight.js';
import type { Flight } from './single-flight.js';

/** Wait between two looks for a value that another process is loading. */
const pollMs = 20;

const setOptionNames = ['ttl'] as const;

/** Where the keys of a cache stand; `undefined` while that cannot be known. */
type Prefix = () => Promise<readonly string[] | undefined>;

type Task<Value> = Readonly<{
  key: string;
  stored: string;
  lease: string;
  ttlMs: number;
  load: Load<Value>;
  options: ResolvedCacheOptions;
}>;

/** {@link Cache} over the commands of a herd. */
export class HerdCache implements Cache {
  private readonly flights = new SingleFlight();
  private readonly refreshes = new SingleFlight();

  constructor(
    private readonly source: CacheSource,
    private readonly options: ResolvedCacheOptions,
    private readonly prefix: Prefix = () => Promise.resolve([]),
  ) {}

  async getOrSet<Value>(key: string, ttl: Ttl, load: Load<Value>, given?: CacheOptions): Promise<Value> {
    const options = given ? resolveCallOptions(given, this.options, this.source.leastTtlMs) : this.options;
    const lifeMs = ttlMs(ttl, this.source.leastTtlMs);
    return this.flights.run(key, async (flight) => {
      const prefix = await tolerant(this.prefix, undefined);
      if (!prefix) return this.runLoad({ key, load, options });
      const task = { key, ...this.keysOf(prefix, key), ttlMs: lifeMs, load, options };
      const entry = await tolerant(() => this.read(task.stored), undefined);
      const now = this.source.now();
      if (!entry || !isFresh(entry, now)) return this.miss(task, entry, flight);
      if (
        entry.freshUntil !== undefined &&
        refreshesEarly(entry.freshUntil, entry.loadMs, now, this.source.random(), options.beta)
      )
        this.refresh(task);
      return entry.value as Value;
    });
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    return (await this.getMany<Value>([key])).get(key);
  }

  async getMany<Value>(keys: readonly string[]): Promise<Map<string, Value>> {
    const prefix = await this.prefix();
    const found = new Map<string, Value>();
    if (!prefix || keys.length === 0) return found;
    const stored = new Map(keys.map((key) => [key, this.keysOf(prefix, key).stored]));
    const values = await this.source.commands.getMany([...stored.values()]);
    const now = this.source.now();
    for (const [key, name] of stored) {
      const entry = asEntry(values.get(name));
      if (entry && isFresh(entry, now) && entry.value !== undefined) found.set(key, entry.value as Value);
    }
    return found;
  }

  async set(key: string, value: unknown, options: { ttl: Ttl }): Promise<boolean> {
    checkCallOptions(options, setOptionNames);
    const { ttl } = options;
    const lifeMs = ttlMs(ttl, this.source.leastTtlMs);
    const prefix = await this.prefix();
    this.invalidate(key);
    return (
      prefix !== undefined &&
      this.write(this.keysOf(prefix, key).stored, entryOf(value, lifeMs, this.source.now(), 0), lifeMs)
    );
  }

  async delete(key: string): Promise<boolean> {
    const prefix = await this.prefix();
    this.invalidate(key);
    if (!prefix) return false;
    const { stored, lease } = this.keysOf(prefix, key);
    const [deleted] = await Promise.all([this.source.commands.delete(stored), this.source.commands.delete(lease)]);
    return deleted;
  }

  /** @throws HerdOptionError for a ttl that the servers cannot keep, before the first call has it. */
  checkTtl(ttl: Ttl): void {
    checked((problems) => checkTtl(problems, 'ttl', ttl, this.source.leastTtlMs));
  }

  private invalidate(key: string): void {
    this.flights.invalidate(key);
    this.refreshes.invalidate(key);
  }

  private keysOf(prefix: readonly string[], key: string): { stored: string; lease: string } {
    return { stored: cacheKey(...prefix, key), lease: cacheKey(...prefix, key, 'lease') };
  }

  private async read(stored: string): Promise<Entry | undefined> {
    return asEntry(await this.source.commands.get(stored));
  }

  private write(stored: string, entry: Entry, lifeMs: number): Promise<boolean> {
    return this.source.commands.set(stored, entry, { ttl: lifeMs === Infinity ? 'never' : lifeMs });
  }

  private async miss<Value>(task: Task<Value>, stale: Entry | undefined, flight: Flight): Promise<Value> {
    const lease = await acquireLease(this.source, task.lease, task.options.loadTimeoutMs);
    if (lease.kind === 'other') {
      const entry = await this.pollForValue(task);
      if (entry) return entry.value as Value;
    }
    try {
      return await this.make(task, flight, lease.kind === 'own' ? lease.token : undefined);
    } catch (error) {
      const now = this.source.now();
      if (stale?.freshUntil !== undefined && now < stale.freshUntil + task.options.staleIfErrorMs)
        return stale.value as Value;
      throw error;
    } finally {
      if (lease.kind === 'own') await tolerant(() => this.source.commands.delete(task.lease), false);
    }
  }

  /** Makes the value anew in the background, if no other process is at it; the present one is still good. */
  private refresh<Value>(task: Task<Value>): void {
    const work = async (flight: Flight): Promise<void> => {
      const lease = await acquireLease(this.source, task.lease, task.options.loadTimeoutMs);
      if (lease.kind !== 'own') return;
      await this.make(task, flight, lease.token).finally(() =>
        tolerant(() => this.source.commands.delete(task.lease), false),
      );
    };
    void this.refreshes.run(task.key, work).catch(() => undefined);
  }

  /** Loads, and stores what came of it, unless the key was deleted meanwhile. */
  private async make<Value>(task: Task<Value>, flight: Flight, token: string | undefined): Promise<Value> {
    const begun = this.source.now();
    const value = await this.runLoad(task);
    const now = this.source.now();
    const lifeMs = value === undefined ? task.options.negativeTtlMs : task.ttlMs;
    if (lifeMs === 0 || flight.invalidated) return value;
    const keep = async (): Promise<boolean> => {
      if (token !== undefined && !(await stillHeld(this.source, task.lease, token))) return false;
      const extraMs = value === undefined ? 0 : task.options.staleIfErrorMs;
      return this.write(task.stored, entryOf(value, lifeMs, now, Math.max(0, now - begun)), lifeMs + extraMs);
    };
    await tolerant(keep, false);
    return value;
  }

  private runLoad<Value>({ key, load, options }: Pick<Task<Value>, 'key' | 'load' | 'options'>): Promise<Value> {
    const abort = new AbortController();
    const late = () => {
      const error = new HerdTimeoutError({
        what: `Loading ${JSON.stringify(key)} took over ${options.loadTimeoutMs} ms`,
        remedy: 'raise loadTimeout, or end the load by its signal',
      });
      abort.abort(error);
      return error;
    };
    return withDeadline(
      Promise.resolve().then(() => load(abort.signal)),
      options.loadTimeoutMs,
      late,
    );
  }

  private async pollForValue({ stored, options }: Task<unknown>): Promise<Entry | undefined> {
    for (const start = performance.now(); performance.now() - start < options.waitMs;) {
      await pause(pollMs);
      const entry = await tolerant(() => this.read(stored), undefined);
      if (entry && isFresh(entry, this.source.now())) return entry;
    }
    return undefined;
  }
}

/** A cache that fails is one without the value, and so is one that cannot read or store it. */
async function tolerant<Result>(ask: () => Promise<Result>, instead: Result): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (isOperationError(error)) return instead;
    throw error;
  }
}
