import { setTimeout as pause } from 'node:timers/promises';

import type { CacheSource } from './cache-source.js';
import { isDue } from './early-refresh.js';
import { isFresh, isMadeSince, isServable } from './entry.js';
import type { Entry } from './entry.js';
import type { Lease } from './lease.js';
import { loadWithin } from './load-deadline.js';
import { madeOrStale } from './made-or-stale.js';
import type { Report } from './publish.js';
import { SingleFlight } from './single-flight.js';
import type { Flight } from './single-flight.js';
import type { Look, Prefix, StoredEntries } from './stored-entries.js';
import { tolerant } from './tolerant.js';
import { leasedKey } from './value-maker.js';
import type { Task, ValueMaker } from './value-maker.js';

/** Wait between two looks for a value that another process is loading. */
const pollMs = 20;

/** A read: one key, and how its value is made where there is none. */
export type Asked<Value> = Pick<Task<Value>, 'key' | 'ttl' | 'load' | 'options'>;

/** Finds one value: fresh on a node, or stale and made anew in the background, or made by this process or another. */
export class ValueFinder {
  private readonly refreshes = new SingleFlight();

  constructor(
    private readonly source: CacheSource,
    private readonly entries: StoredEntries,
    private readonly maker: ValueMaker,
    private readonly report: Report,
  ) {}

  /** What is being made anew of `key` is not kept; of all keys without it. */
  invalidate(key?: string): void {
    if (key === undefined) this.refreshes.invalidateAll();
    else this.refreshes.invalidate(key);
    this.maker.invalidate(key);
  }

  /** @param prefix `undefined` while it cannot be read: the value is made for this caller then. */
  async find<Value>(prefix: Prefix | undefined, asked: Asked<Value>, flight: Flight): Promise<Value> {
    const { key, options } = asked;
    if (!prefix) {
      this.report(key, 'miss');
      return this.maker.given(await loadWithin(JSON.stringify(key), options.loadTimeoutMs, asked.load));
    }
    const task = { ...asked, ...leasedKey(prefix, key), prefix };
    const { entry, lease } = await this.look(task);
    const now = this.source.now();
    if (entry && isFresh(entry, now)) {
      this.report(key, 'hit', 'node', task.prefix.parts);
      if (isDue(entry, now, this.source.random(), options.beta)) this.refresh(task, entry);
      return entry.value as Value;
    }
    if (entry && isServable(entry, now, options.staleWhileRevalidateMs)) {
      this.report(key, 'stale', 'node', task.prefix.parts);
      this.refresh(task, entry);
      return entry.value as Value;
    }
    this.report(key, 'miss', undefined, task.prefix.parts);
    return this.miss(task, entry, flight, lease);
  }

  /** Reads one key: with its lease, where the servers hand out leases with what they answer. */
  private async look({ prefix, key, options }: Pick<Task<never>, 'prefix' | 'key' | 'options'>): Promise<Look> {
    const leases = this.source.leases();
    const leaseMs = Math.max(this.source.leastTtlMs, options.loadTimeoutMs);
    const look = leases && (await tolerant(() => this.entries.readLeased(leases, prefix, key, leaseMs), undefined));
    return look ?? { entry: await tolerant(() => this.entries.read(prefix, key), undefined) };
  }

  private async miss<Value>(
    task: Task<Value>,
    entry: Entry | undefined,
    flight: Flight,
    given: Lease | undefined,
  ): Promise<Value> {
    const { staleIfErrorMs, softTimeoutMs, waitMs } = task.options;
    const stale = (): boolean => entry !== undefined && isServable(entry, this.source.now(), staleIfErrorMs);
    const serveStale = (): Value => {
      this.report(task.key, 'stale', 'node', task.prefix.parts);
      return entry!.value as Value;
    };
    const lease = given ?? (await this.maker.lease(task, task.options));
    const meanwhile = await this.madeMeanwhile(task, lease, entry);
    if (meanwhile) return meanwhile.value as Value;
    if (lease.kind === 'other') {
      const found = await this.pollForValue(task, stale() ? Math.min(waitMs, softTimeoutMs) : waitMs);
      if (found) return found.value as Value;
      if (softTimeoutMs < Infinity && stale()) return serveStale();
    }
    return madeOrStale(this.maker.make(task, flight, lease), softTimeoutMs, stale, serveStale);
  }

  /** Makes the value anew in the background, if no other process is at it. */
  private refresh<Value>(task: Task<Value>, seen: Entry): void {
    const work = async (flight: Flight): Promise<void> => {
      const lease = await this.maker.lease(task, task.options);
      if (lease.kind !== 'own' || (await this.madeMeanwhile(task, lease, seen))) return;
      this.report(task.key, 'refresh', undefined, task.prefix.parts);
      await this.maker.make(task, flight, lease);
    };
    void this.refreshes.run(task.key, work).catch(() => undefined);
  }

  /** What another process made between the look at a key, which gave `seen`, and its lease, which is ended then. */
  private async madeMeanwhile(
    { prefix, key }: Pick<Task<unknown>, 'prefix' | 'key'>,
    lease: Lease,
    seen: Entry | undefined,
  ): Promise<Entry | undefined> {
    if (lease.renews !== true) return undefined;
    const entry = await tolerant(() => this.entries.read(prefix, key), undefined);
    if (!isMadeSince(entry, seen, this.source.now())) return undefined;
    await tolerant(() => lease.end(), false);
    return entry;
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
