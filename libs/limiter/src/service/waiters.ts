import type { Clock } from '../contracts/clock.js';
import { LimiterWaitersError } from '../errors/request-errors.js';

interface Waiter {
  readonly dueAt: number;
  /** Two of one moment go in the order in which they came. */
  readonly order: number;
  readonly go: () => void;
  gone: boolean;
}

const MAX_TIMER_MS = 2_147_483_647;

/** Calls that wait for their moment, at most `maxWaiters` of them, on one timer: a heap by the moment, the soonest first. */
export class Waiters {
  readonly #heap: Waiter[] = [];
  #count = 0;
  #order = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly maxWaiters: number,
  ) {}

  /** @throws {@link LimiterWaitersError} where one more would be too many */
  admit(policy: string): void {
    if (this.#count >= this.maxWaiters) throw new LimiterWaitersError(policy, this.maxWaiters);
    this.#count++;
  }

  leave(): void {
    this.#count--;
  }

  /** Resolves after `micros`; rejects with the signal's reason when it aborts before. */
  wait(micros: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        dueAt: this.clock() + micros,
        order: this.#order++,
        gone: false,
        go: () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      const abort = (): void => {
        waiter.gone = true;
        reject(signal!.reason as Error);
      };
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      this.#push(waiter);
      this.#arm();
    });
  }

  #wake(): void {
    this.#timer = undefined;
    this.#timerAt = Infinity;
    const now = this.clock();
    while (this.#heap.length > 0 && (this.#heap[0]!.gone || this.#heap[0]!.dueAt <= now)) {
      const waiter = this.#pop();
      if (!waiter.gone) waiter.go();
    }
    this.#arm();
  }

  #arm(): void {
    const next = this.#heap[0];
    if (next === undefined || next.dueAt >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = next.dueAt;
    const delayMs = Math.ceil((next.dueAt - this.clock()) / 1000);
    this.#timer = setTimeout(() => this.#wake(), Math.min(Math.max(delayMs, 0), MAX_TIMER_MS));
  }

  #push(waiter: Waiter): void {
    const heap = this.#heap;
    let at = heap.push(waiter) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isSooner(waiter, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = waiter;
  }

  #pop(): Waiter {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isSooner(heap[child + 1]!, heap[child]!)) child++;
      if (!isSooner(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isSooner(a: Waiter, b: Waiter): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
}
