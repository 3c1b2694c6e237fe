import type { Effect, Operation } from '../contracts/dispatch.js';
import type { PendingListener } from '../contracts/pending.js';
import { dueIn } from './deadline-timer.js';
import { Listed } from './task-list.js';

/** A function for each promise that is made would be as much garbage as the promise. */
let beingCalled: Task;
const settleBy = (resolve: (result: unknown) => void, reject: (error: unknown) => void): void => {
  beingCalled.resolve = resolve;
  beingCalled.reject = reject;
};

export const noKeys: readonly string[] = [];

/** Where tasks run. */
export interface TaskHome {
  onDone(task: Task, result: unknown): void;
  onFailed(task: Task, error: unknown): void;
}

/**
 * An operation on its way, and the promise of it. Who needs more to follow from how it ended extends this: each promise more, and
 * each object, costs garbage. Times are by the clock of `performance.now()`.
 */
export class Task extends Listed<Task> implements PendingListener<unknown> {
  due = Infinity;
  /** When its turn came, where that was not when it was called. */
  begunAt: number | undefined;
  /** How many operations the node had answered when this one came. */
  answeredBefore = 0;
  /** Its connection was given up, and not by the node's fault. */
  isSpared = false;
  /** Both settle its promise. */
  resolve: ((result: unknown) => void) | undefined;
  reject: ((error: unknown) => void) | undefined;
  private home: TaskHome | undefined;

  constructor(
    readonly operation: Operation<never, unknown>,
    /** What is left of its deadline as it is called. */
    public timeoutMs: number,
    readonly effect: Effect,
    private readonly about: readonly string[] = noKeys,
    /** Its whole deadline: a node that had little of that is not judged by it. */
    readonly wholeMs = timeoutMs,
  ) {
    super();
  }

  /** What it is about. */
  get keys(): readonly string[] {
    return this.about;
  }

  /** By its deadline, and by where that was put off to. */
  get calledAt(): number {
    return this.due - dueIn(this.timeoutMs);
  }

  get startedAt(): number {
    return this.begunAt ?? this.calledAt;
  }

  /** @returns the promise of how it ends. */
  called(home: TaskHome, now: number): Promise<unknown> {
    this.home = home;
    this.due = now + dueIn(this.timeoutMs);
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- see there
    beingCalled = this;
    return new Promise(settleBy);
  }

  done(result: unknown): void {
    this.home!.onDone(this, result);
  }

  failed(error: unknown): void {
    this.home!.onFailed(this, error);
  }

  succeed(result: unknown): void {
    this.resolve!(result);
  }

  fail(error: unknown): void {
    this.reject!(error);
  }

  /** Where it goes on without keys that must not be used now: those, each with its error. */
  get leftOut(): Map<string, Error> | undefined {
    return undefined;
  }

  /** It does not begin at all. */
  refused(error: Error): Promise<unknown> {
    return Promise.reject(error);
  }
}
