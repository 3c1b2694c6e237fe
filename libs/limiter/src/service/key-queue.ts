import type { AnswerListener, AppliedCost, ApplyRequest } from '../contracts/limiter-storage.js';
import { StorageTimeoutError } from '../errors/storage-errors.js';

/** A request of a limiter, which holds whether a caller still waits for its answer. */
export interface ListenedRequest extends ApplyRequest {
  abandoned: boolean;
}

interface Waiting {
  readonly request: ApplyRequest | ListenedRequest;
  /** By `performance.now()`: after it no caller waits, and nothing is to be charged. A {@link ListenedRequest} holds that itself. */
  readonly deadline: number;
  readonly listener: AnswerListener;
}

/** Requests for one key, until they leave together. */
export class KeyQueue {
  #waiting: Waiting[] = [];

  constructor(readonly key: string) {}

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** @param now `performance.now()`, at most a turn of the event loop ago */
  add(request: ApplyRequest, now: number, listener: AnswerListener): void {
    this.#waiting.push({ request, deadline: now + request.timeoutMs, listener });
  }

  /** The next that can go together: under one policy, at most `maxCosts` costs, and still listened to. */
  take(maxCosts: number, now: number): Batch {
    const batch: Waiting[] = [];
    const costs: number[] = [];
    let taken = 0;
    for (const waiting of this.#waiting) {
      if (isAbandoned(waiting, now)) {
        waiting.listener.fail(new StorageTimeoutError(waiting.request.timeoutMs));
      } else {
        const { request } = waiting;
        const first = batch[0]?.request;
        if (first !== undefined && (!goTogether(first, request) || costs.length + request.costs.length > maxCosts))
          break;
        // Nearly all have one cost: to spread it is several times slower.
        if (request.costs.length === 1) costs.push(request.costs[0]!);
        else costs.push(...request.costs);
        batch.push(waiting);
      }
      taken++;
    }
    this.#waiting = taken === this.#waiting.length ? [] : this.#waiting.slice(taken);
    return new Batch(batch, costs, taken);
  }
}

function isAbandoned({ request, deadline }: Waiting, now: number): boolean {
  return 'abandoned' in request ? request.abandoned : deadline < now;
}

/** One list of costs has one policy; what settles or ends a lease is a request of its own. */
function goTogether(first: ApplyRequest, next: ApplyRequest): boolean {
  return first.limits === next.limits && isPlainCharge(first) && isPlainCharge(next);
}

function isPlainCharge({ settle, endLease }: ApplyRequest): boolean {
  return settle !== true && endLease === undefined;
}

/** Requests that are answered together. */
export class Batch {
  /** All of them as one; `undefined` where nobody listens any more. */
  readonly request: ApplyRequest | undefined;

  constructor(
    private readonly waiting: readonly Waiting[],
    costs: readonly number[],
    /** How many left the queue for it. */
    readonly taken: number,
  ) {
    const first = waiting[0]?.request;
    if (first === undefined) return;
    if (waiting.length === 1) {
      this.request = first;
      return;
    }
    let timeoutMs = 0;
    for (const { request } of waiting) timeoutMs = Math.max(timeoutMs, request.timeoutMs);
    this.request = { ...first, costs, timeoutMs };
  }

  resolve(outcomes: readonly AppliedCost[]): void {
    let from = 0;
    for (const { request, listener } of this.waiting) {
      const { length } = request.costs;
      // Nearly all have one cost: `slice` is several times slower.
      listener.succeed(length === 1 ? [outcomes[from]!] : outcomes.slice(from, from + length));
      from += length;
    }
  }

  reject(error: unknown): void {
    for (const { listener } of this.waiting) listener.fail(error);
  }
}
