import { randomUUID } from 'node:crypto';
import type { Clock } from '../contracts/clock.js';
import type {
  AppliedCost,
  ApplyRequest,
  BucketLimit,
  BucketReading,
  LimiterStorage,
} from '../contracts/limiter-storage.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import { bucketLimit, type TestLimit } from './test-limit.js';

/** How the suite reaches the storage under test. */
export interface StorageHarness {
  /**
   * Opens the storage so that it reads the time from `clock`. Several handles, such as two connections, must share their
   * buckets; the suite spreads its calls over them. Called once per check, which closes them.
   */
  open(clock: Clock): MaybePromise<readonly LimiterStorage[]>;
}

/** 2026-01-01, so that times have the size that they have in service. */
const START_MICROS = 1_767_225_600_000_000;
const TIMEOUT_MS = 5000;

/** The storage under test with a clock that the check moves, and keys that no other check has used. */
export class StorageFixture {
  now = START_MICROS;
  #calls = 0;
  #keys = 0;

  private constructor(
    private readonly checkName: string,
    private readonly handles: LimiterStorage[],
  ) {}

  static async open(harness: StorageHarness, checkName: string): Promise<StorageFixture> {
    const fixture = new StorageFixture(`${randomUUID()}:${checkName.replace(/\W+/g, '-')}`, []);
    fixture.handles.push(...(await harness.open(() => fixture.now)));
    return fixture;
  }

  async close(): Promise<void> {
    for (const handle of this.handles) await handle.close?.();
  }

  bucket(...limits: readonly TestLimit[]): FixtureBucket {
    return new FixtureBucket(this, `contract:${this.checkName.slice(0, 100)}:${this.#keys++}`, limits.map(bucketLimit));
  }

  /** `cost` tokens of each bucket, in one step. The storage must have `applyAll`. */
  async applyAll(buckets: readonly FixtureBucket[], cost: number): Promise<readonly AppliedCost[]> {
    return this.storage.applyAll!(
      buckets.map(({ key, limits }) => ({ key, limits, costs: [cost], timeoutMs: TIMEOUT_MS })),
    );
  }

  /** The next handle in turn. */
  get storage(): LimiterStorage {
    return this.handles[this.#calls++ % this.handles.length]!;
  }
}

/** One bucket of a fixture. */
export class FixtureBucket {
  constructor(
    private readonly fixture: StorageFixture,
    readonly key: string,
    readonly limits: readonly BucketLimit[],
  ) {}

  /** The same bucket under limits as storages read them. */
  withLimits(...limits: readonly BucketLimit[]): FixtureBucket {
    return new FixtureBucket(this.fixture, this.key, limits);
  }

  /** The same bucket under another policy. */
  under(...limits: readonly TestLimit[]): FixtureBucket {
    return new FixtureBucket(this.fixture, this.key, limits.map(bucketLimit));
  }

  async apply(...costs: readonly number[]): Promise<readonly AppliedCost[]> {
    return this.fixture.storage.apply({ key: this.key, limits: this.limits, costs, timeoutMs: TIMEOUT_MS });
  }

  /** {@link apply} of what settles, or ends a lease. */
  async applyAs(
    parts: Pick<ApplyRequest, 'settle' | 'endLease'>,
    ...costs: readonly number[]
  ): Promise<readonly AppliedCost[]> {
    const { key, limits } = this;
    return this.fixture.storage.apply({ key, limits, costs, timeoutMs: TIMEOUT_MS, ...parts });
  }

  async consume(cost = 1): Promise<boolean> {
    const [outcome] = await this.apply(cost);
    return outcome!.allowed;
  }

  /** How many of `attempts` are admitted, all of them in flight at once. */
  async admitted(attempts: number): Promise<number> {
    const answers = await Promise.all(Array.from({ length: attempts }, () => this.consume()));
    return answers.filter(Boolean).length;
  }

  async read(): Promise<readonly number[]> {
    return (await this.reading()).levels;
  }

  async reading(): Promise<BucketReading> {
    return this.fixture.storage.read({ key: this.key, limits: this.limits, timeoutMs: TIMEOUT_MS });
  }

  async delete(): Promise<void> {
    await this.fixture.storage.delete({ key: this.key, timeoutMs: TIMEOUT_MS });
  }
}
