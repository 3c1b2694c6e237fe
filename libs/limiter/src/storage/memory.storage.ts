import { BucketTable } from '../algorithm/bucket-table.js';
import type { Clock } from '../contracts/clock.js';
import { isWhole } from '../support/is-whole.js';
import { CLOCK_RULE, monotonicClock } from '../support/monotonic-clock.js';
import { wallClockBeside } from '../support/wall-clock.js';
import type {
  ApplyRequest,
  AppliedCost,
  BucketLimit,
  BucketReading,
  BucketRequest,
  LimiterStorage,
} from '../contracts/limiter-storage.js';
import { resolveOptions } from '../support/resolve-options.js';

export interface MemoryStorageOptions {
  /** Buckets held at most. When all are in use, a new key drops one that is soon empty. Default 1,000,000. */
  readonly maxKeys?: number;
  /** Between two sweeps of a slice of the buckets; one timer, and only while there are buckets. Default 1000. */
  readonly sweepEveryMs?: number;
  /** Default: the monotonic clock of the process, and for quotas the time of day; one that is given must be both. */
  readonly clock?: Clock;
}

export interface MemoryStorageStats {
  readonly keys: number;
  /** Buckets dropped before they were empty, for want of room: raise `maxKeys` when it grows. */
  readonly evicted: number;
}

const DEFAULTS: Readonly<Required<MemoryStorageOptions>> = Object.freeze({
  maxKeys: 1_000_000,
  sweepEveryMs: 1000,
  clock: monotonicClock,
});
const MAX_TIMER_MS = 2_147_483_647;
/** Bounds the pause of one sweep to a few milliseconds. */
const SWEPT_AT_ONCE = 20_000;

/**
 * Buckets in the memory of this process: exact, answered at once, gone with the process. Each process counts for itself.
 *
 * @throws {@link LimiterOptionError}
 * @example LimiterModule.forRoot({ storage: memoryStorage(), policies: { api: { limit: 100, per: '1m' } } })
 */
export function memoryStorage(options: MemoryStorageOptions = {}): MemoryStorage {
  const resolved = resolveOptions('memoryStorage', options, DEFAULTS, ({ maxKeys, sweepEveryMs, clock }, problems) => {
    problems.check(isWhole(maxKeys, 1), 'memoryStorage.maxKeys', maxKeys, 'must be a whole number of 1 or more');
    const timer = `must be whole milliseconds from 1 to ${MAX_TIMER_MS}`;
    problems.check(isWhole(sweepEveryMs, 1, MAX_TIMER_MS), 'memoryStorage.sweepEveryMs', sweepEveryMs, timer);
    problems.check(typeof clock === 'function', 'memoryStorage.clock', clock, CLOCK_RULE);
  });
  return new MemoryStorage(resolved);
}

/** Made by {@link memoryStorage}. */
export class MemoryStorage implements LimiterStorage {
  readonly name = 'memory';
  readonly capabilities = { serverClock: true, multiKeyAtomic: true, plainKeys: true };
  #sweeper: NodeJS.Timeout | undefined;

  readonly #table: BucketTable;

  /** @internal */
  constructor(private readonly options: Required<MemoryStorageOptions>) {
    this.#table = new BucketTable(options.maxKeys, wallClockBeside(options.clock));
  }

  get stats(): MemoryStorageStats {
    return { keys: this.#table.size, evicted: this.#table.evicted };
  }

  apply(request: ApplyRequest): readonly AppliedCost[] {
    this.#keepSweeping();
    return this.#table.apply(request, this.options.clock());
  }

  /** @internal `BucketTable.applyOne`: what `Limiter` decides by without an object for each step. */
  applyOne(scope: string | undefined, key: string, limits: readonly BucketLimit[], cost: number): number | undefined {
    this.#keepSweeping();
    return this.#table.applyOne(scope, key, limits, cost, this.options.clock());
  }

  applyNow(request: ApplyRequest): readonly AppliedCost[] {
    return this.apply(request);
  }

  applyAll(requests: readonly ApplyRequest[]): readonly AppliedCost[] {
    this.#keepSweeping();
    return this.#table.applyAll(requests, this.options.clock());
  }

  read(request: BucketRequest): BucketReading {
    return this.#table.read(request, this.options.clock());
  }

  delete(request: Pick<BucketRequest, 'key' | 'scope'>): void {
    this.#table.delete(request);
  }

  close(): void {
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  #keepSweeping(): void {
    this.#sweeper ??= setInterval(() => this.#sweep(), this.options.sweepEveryMs).unref();
  }

  #sweep(): void {
    this.#table.sweep(this.options.clock(), Math.min(this.#table.size, SWEPT_AT_ONCE));
    if (this.#table.size === 0) this.close();
  }
}
