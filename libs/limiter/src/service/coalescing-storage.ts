import type {
  AnswerListener,
  AppliedCost,
  ApplyRequest,
  BucketReading,
  BucketRequest,
  LimiterStorage,
  StorageCapabilities,
} from '../contracts/limiter-storage.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import { StorageFaultError } from '../errors/storage-fault.js';
import { applyTo, promised } from '../support/apply-to.js';
import { DeadlineQueue } from '../support/deadline-queue.js';
import { isStorage, STORAGE_RULE } from '../support/is-storage.js';
import { COUNT_RULE, isWhole } from '../support/is-whole.js';
import { resolveOptions } from '../support/resolve-options.js';
import { KeyQueue } from './key-queue.js';
import { SentList } from './sent-list.js';

export interface CoalescingOptions {
  /** Requests that wait at most, over all keys; more are refused with a `StorageFaultError` (`overload`). Default 100,000. */
  readonly maxWaiting?: number;
  /** Costs in one call at most. Default 1000. */
  readonly maxBatch?: number;
}

const COALESCING_DEFAULTS: Readonly<Required<CoalescingOptions>> = Object.freeze({
  maxWaiting: 100_000,
  maxBatch: 1000,
});

/**
 * Sends one call per key at a time, with all the requests for the key that came meanwhile as one list of costs; also those that
 * come in one turn of the event loop go together. A hot key then costs a round trip per list, and never races against its own
 * process. What the storage answers at once (`applyNow`) is not held up.
 *
 * @throws {@link LimiterOptionError}
 * @example withCoalescing(redisStorage(redis))
 */
export function withCoalescing(storage: LimiterStorage, options: CoalescingOptions = {}): LimiterStorage {
  const resolved = resolveOptions(
    'withCoalescing',
    options,
    COALESCING_DEFAULTS,
    ({ maxWaiting, maxBatch }, problems) => {
      problems.check(isStorage(storage), 'withCoalescing.storage', storage, STORAGE_RULE);
      problems.check(isWhole(maxWaiting, 1), 'withCoalescing.maxWaiting', maxWaiting, COUNT_RULE);
      problems.check(isWhole(maxBatch, 1), 'withCoalescing.maxBatch', maxBatch, COUNT_RULE);
    },
  );
  return new CoalescingStorage(storage, resolved);
}

/**
 * `due`: the keys whose next list leaves at the end of this turn of the event loop. `startedAt`: when the first of them came,
 * by `performance.now()`, as reading the clock for each would cost a tenth of a decision.
 */
type Turn =
  { readonly kind: 'idle' } | { readonly kind: 'gathering'; readonly startedAt: number; readonly due: KeyQueue[] };

const IDLE: Turn = Object.freeze({ kind: 'idle' });

class CoalescingStorage implements LimiterStorage {
  readonly name: string;
  readonly capabilities: StorageCapabilities;
  declare readonly applyAll?: LimiterStorage['applyAll'];
  /** Keys with a call under way, or with requests that wait. */
  readonly #queues = new Map<string, KeyQueue>();
  readonly #deadlines = new DeadlineQueue();
  #turn: Turn = IDLE;
  #waiting = 0;

  constructor(
    private readonly storage: LimiterStorage,
    private readonly options: Required<CoalescingOptions>,
  ) {
    this.name = storage.name;
    this.capabilities = storage.capabilities;
    if (storage.applyAll !== undefined) this.applyAll = (requests) => storage.applyAll!(requests);
  }

  applyNow(request: ApplyRequest): readonly AppliedCost[] | undefined {
    return this.storage.applyNow?.(request);
  }

  apply(request: ApplyRequest): MaybePromise<readonly AppliedCost[]> {
    return this.applyNow(request) ?? promised((listener) => this.#enqueue(request, listener));
  }

  applyTo(request: ApplyRequest, listener: AnswerListener): void {
    const now = this.applyNow(request);
    if (now === undefined) this.#enqueue(request, listener);
    else listener.succeed(now);
  }

  #enqueue(request: ApplyRequest, listener: AnswerListener): void {
    if (this.#waiting >= this.options.maxWaiting) return listener.fail(new StorageFaultError(this.name, 'overload'));
    this.#waiting++;
    let queue = this.#queues.get(request.key);
    if (queue === undefined) {
      this.#queues.set(request.key, (queue = new KeyQueue(request.key)));
      this.#sendSoon(queue);
    }
    queue.add(request, this.#turn.kind === 'gathering' ? this.#turn.startedAt : performance.now(), listener);
  }

  read(request: BucketRequest): MaybePromise<BucketReading> {
    return this.storage.read(request);
  }

  delete(request: Pick<BucketRequest, 'key' | 'timeoutMs'>): MaybePromise<void> {
    return this.storage.delete(request);
  }

  close(): MaybePromise<void> {
    return this.storage.close?.();
  }

  /** At the end of the turn: so a caller that was just answered, and calls again, goes with the others. */
  #sendSoon(queue: KeyQueue): void {
    if (this.#turn.kind === 'gathering') {
      this.#turn.due.push(queue);
      return;
    }
    const due = [queue];
    this.#turn = { kind: 'gathering', startedAt: performance.now(), due };
    setImmediate(() => {
      this.#turn = IDLE;
      const now = performance.now();
      for (const each of due) this.#send(each, now);
    });
  }

  #send(queue: KeyQueue, now: number): void {
    const batch = queue.take(this.options.maxBatch, now);
    this.#waiting -= batch.taken;
    const next = (): void => this.#next(queue);
    if (batch.request === undefined) return next();
    applyTo(this.storage, batch.request, new SentList(batch, batch.request, now, this.#deadlines, next));
  }

  #next(queue: KeyQueue): void {
    if (queue.isEmpty) this.#queues.delete(queue.key);
    else this.#sendSoon(queue);
  }
}
