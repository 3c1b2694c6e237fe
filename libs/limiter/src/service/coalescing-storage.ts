import type { AppliedCost, ApplyRequest, BucketLimit, BucketRequest, LimiterStorage, StorageCapabilities } from '../contracts/limiter-storage.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import { StorageFaultError } from '../errors/storage-fault.js';
import { isPromiseLike, withinDeadline } from './deadline.js';
import { StorageTimeoutError } from '../errors/storage-errors.js';

export interface CoalescingOptions {
  /** Requests that wait at most, over all keys; more are refused with a `StorageFaultError` (`overload`). Default 100,000. */
  readonly maxWaiting?: number;
  /** Costs in one call at most. Default 1000. */
  readonly maxBatch?: number;
}

export const COALESCING_DEFAULTS = Object.freeze({ maxWaiting: 100_000, maxBatch: 1000 });

/**
 * Sends one call per key at a time: requests that come while it is under way wait, and go together as one list of costs.
 * A hot key then costs a round trip per batch, and never races against its own process. A storage that answers at once
 * is not held up.
 *
 * @example withCoalescing(redisStorage(redis))
 */
export function withCoalescing(storage: LimiterStorage, options: CoalescingOptions = {}): LimiterStorage {
  return new CoalescingStorage(storage, { ...COALESCING_DEFAULTS, ...options });
}

interface Waiting {
  readonly request: ApplyRequest;
  /** By `performance.now()`: after it nobody listens, and nothing is to be charged. */
  readonly deadline: number;
  readonly resolve: (outcomes: readonly AppliedCost[]) => void;
  readonly reject: (error: unknown) => void;
}

class CoalescingStorage implements LimiterStorage {
  readonly name: string;
  readonly capabilities: StorageCapabilities;
  declare readonly applyAll?: LimiterStorage['applyAll'];
  /** Keys with a call under way, and who waits for its end. */
  readonly #queues = new Map<string, Waiting[]>();
  #waiting = 0;

  constructor(
    private readonly storage: LimiterStorage,
    private readonly options: Required<CoalescingOptions>,
  ) {
    this.name = storage.name;
    this.capabilities = storage.capabilities;
    if (storage.applyAll !== undefined) this.applyAll = (requests) => storage.applyAll!(requests);
  }

  apply(request: ApplyRequest): MaybePromise<readonly AppliedCost[]> {
    const queue = this.#queues.get(request.key);
    if (queue !== undefined) return this.#wait(queue, request);
    const answer = this.storage.apply(request);
    if (!isPromiseLike(answer)) return answer;
    const own: Waiting[] = [];
    this.#queues.set(request.key, own);
    // A storage that never answers must not hold up the key for ever.
    const bounded = withinDeadline(answer, request.timeoutMs);
    const next = () => this.#next(request.key, own);
    bounded.then(next, next);
    return bounded;
  }

  read(request: BucketRequest): MaybePromise<readonly number[]> {
    return this.storage.read(request);
  }

  delete(request: Pick<BucketRequest, 'key' | 'timeoutMs'>): MaybePromise<void> {
    return this.storage.delete(request);
  }

  close(): MaybePromise<void> {
    return this.storage.close?.();
  }

  #wait(queue: Waiting[], request: ApplyRequest): Promise<readonly AppliedCost[]> {
    if (this.#waiting >= this.options.maxWaiting) return Promise.reject(new StorageFaultError(this.name, 'overload'));
    this.#waiting++;
    return new Promise((resolve, reject) => queue.push({ request, deadline: performance.now() + request.timeoutMs, resolve, reject }));
  }

  #next(key: string, queue: Waiting[]): void {
    const batch = this.#take(queue);
    if (batch.length === 0) {
      this.#queues.delete(key);
      return;
    }
    const { limits } = batch[0]!.request;
    const timeoutMs = Math.max(...batch.map((each) => each.request.timeoutMs));
    const costs = batch.flatMap((each) => each.request.costs);
    void this.#send({ key, limits, costs, timeoutMs }, batch).then(() => this.#next(key, queue));
  }

  async #send(request: ApplyRequest, batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await withinDeadline(Promise.resolve(this.storage.apply(request)), request.timeoutMs);
      let from = 0;
      for (const { request: own, resolve } of batch) resolve(outcomes.slice(from, (from += own.costs.length)));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  /** The next that can go together: under one policy, at most `maxBatch` costs, and still listened to. */
  #take(queue: Waiting[]): readonly Waiting[] {
    const batch: Waiting[] = [];
    const now = performance.now();
    let limits: readonly BucketLimit[] | undefined;
    let costs = 0;
    let taken = 0;
    for (const waiting of queue) {
      if (waiting.deadline < now) {
        waiting.reject(new StorageTimeoutError(waiting.request.timeoutMs));
      } else {
        limits ??= waiting.request.limits;
        costs += waiting.request.costs.length;
        if (waiting.request.limits !== limits || (batch.length > 0 && costs > this.options.maxBatch)) break;
        batch.push(waiting);
      }
      taken++;
    }
    queue.splice(0, taken);
    this.#waiting -= taken;
    return batch;
  }
}
