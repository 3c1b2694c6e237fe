import cluster from 'node:cluster';
import type {
  AppliedCost,
  ApplyRequest,
  BucketReading,
  BucketRequest,
  LimiterStorage,
} from '../../contracts/limiter-storage.js';
import type { MaybePromise } from '../../contracts/maybe-promise.js';
import { isStorage, STORAGE_RULE } from '../../support/is-storage.js';
import { COUNT_RULE, isWhole } from '../../support/is-whole.js';
import { resolveOptions } from '../../support/resolve-options.js';
import { isServed, serveWorkers } from './primary.js';
import { WorkerLink } from './worker-link.js';

export interface ClusterStorageOptions {
  /** Keeps several storages of one cluster apart; the same in the primary and in its workers. Default `'cluster'`. */
  readonly name?: string;
  /** Calls of one worker that wait for the primary at most; more fail at once (`overload`). Default 10,000. */
  readonly maxPending?: number;
}

const CLUSTER_DEFAULTS: Readonly<Required<ClusterStorageOptions>> = Object.freeze({
  name: 'cluster',
  maxPending: 10_000,
});

/**
 * One set of buckets for all processes of a `node:cluster`: the primary keeps them, the workers call it over IPC, and their
 * death loses nothing. Call it in the primary too, before the first request of a worker; there it answers at once.
 *
 * Not exact across a restart of the primary, which starts with empty buckets.
 *
 * @param buckets where the primary keeps them; a worker never touches its own
 * @throws {@link LimiterOptionError}
 * @example const storage = withCoalescing(clusterStorage(memoryStorage()))
 */
export function clusterStorage(buckets: LimiterStorage, options: ClusterStorageOptions = {}): LimiterStorage {
  const { name, maxPending } = resolveOptions(
    'clusterStorage',
    options,
    CLUSTER_DEFAULTS,
    ({ name, maxPending }, problems) => {
      problems.check(isStorage(buckets), 'clusterStorage.buckets', buckets, STORAGE_RULE);
      problems.check(
        typeof name === 'string' && name !== '',
        'clusterStorage.name',
        name,
        'must be a string that is not empty',
      );
      problems.check(isWhole(maxPending, 1), 'clusterStorage.maxPending', maxPending, COUNT_RULE);
      problems.check(
        cluster.isWorker || !isServed(name),
        'clusterStorage.name',
        name,
        'is used in this process already: two would answer each call, so share one storage or name the second',
      );
    },
  );
  return cluster.isWorker
    ? new WorkerStorage(name, new WorkerLink(name, maxPending))
    : new PrimaryStorage(name, buckets);
}

class PrimaryStorage implements LimiterStorage {
  readonly capabilities = { serverClock: true, multiKeyAtomic: false };
  readonly #stop: () => void;

  constructor(
    readonly name: string,
    private readonly buckets: LimiterStorage,
  ) {
    this.#stop = serveWorkers(name, buckets);
  }

  apply(request: ApplyRequest): MaybePromise<readonly AppliedCost[]> {
    return this.buckets.apply(request);
  }

  applyNow(request: ApplyRequest): readonly AppliedCost[] | undefined {
    return this.buckets.applyNow?.(request);
  }

  read(request: BucketRequest): MaybePromise<BucketReading> {
    return this.buckets.read(request);
  }

  delete(request: Pick<BucketRequest, 'key' | 'timeoutMs'>): MaybePromise<void> {
    return this.buckets.delete(request);
  }

  close(): MaybePromise<void> {
    this.#stop();
    return this.buckets.close?.();
  }
}

class WorkerStorage implements LimiterStorage {
  readonly capabilities = { serverClock: true, multiKeyAtomic: false };

  constructor(
    readonly name: string,
    private readonly link: WorkerLink,
  ) {}

  apply({ key, limits, costs, settle, endLease, timeoutMs }: ApplyRequest): Promise<readonly AppliedCost[]> {
    return this.link.call({ method: 'apply', request: { key, limits, costs, settle, endLease, timeoutMs } }) as Promise<
      readonly AppliedCost[]
    >;
  }

  read({ key, limits, timeoutMs }: BucketRequest): Promise<BucketReading> {
    return this.link.call({ method: 'read', request: { key, limits, timeoutMs } }) as Promise<BucketReading>;
  }

  async delete({ key, timeoutMs }: Pick<BucketRequest, 'key' | 'timeoutMs'>): Promise<void> {
    await this.link.call({ method: 'delete', request: { key, timeoutMs } });
  }

  close(): void {
    this.link.close();
  }
}
