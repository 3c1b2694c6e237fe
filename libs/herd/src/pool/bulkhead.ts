import { promised } from '../support/promised.js';
import { DeadlineTimer, dueIn } from './deadline-timer.js';

/** An operation on its way. `due` and `startedAt` are by the clock of `performance.now()`. */
export type Task = {
  due: number;
  startedAt: number;
} & Readonly<{
  timeoutMs: number;
  calledAt: number;
  keys: readonly string[];
  writes: boolean;
  /** How many operations the node had answered when this one came. */
  answeredBefore: number;
  resolve: (result: never) => void;
  reject: (error: unknown) => void;
  run: () => Promise<unknown>;
}>;

/** Hears how each task ended, once. */
export interface TaskListener {
  onSuccess(task: Task, result: unknown): void;
  onFailure(task: Task, error: unknown): void;
  /** Those whose deadlines have passed at one moment: some had begun, others still waited. `busyMs`: this process was busy. */
  onTimeout(begun: readonly Task[], waiting: readonly Task[], busyMs: number): void;
}

/** The operations of one node: so many at once, so many in the queue, and none past its deadline. */
export class Bulkhead {
  private readonly running = new Set<Task>();
  private readonly queue = new Set<Task>();
  private readonly deadlines = new DeadlineTimer((lateMs) => this.expire(lateMs));
  private called: Task[] = [];
  private whenIdle: (() => void) | undefined;

  constructor(
    private readonly limits: Readonly<{ maxInFlight: number; maxQueue: number }>,
    private readonly listener: TaskListener,
  ) {}

  get inFlight(): number {
    return this.running.size;
  }

  get queued(): number {
    return this.queue.size;
  }

  get full(): boolean {
    return this.running.size >= this.limits.maxInFlight && this.queue.size >= this.limits.maxQueue;
  }

  /** Starts `run` at once, or when one before it is done. */
  add<Result>(
    run: () => Promise<Result>,
    timeoutMs: number,
    about: Pick<Task, 'answeredBefore' | 'keys' | 'writes'>,
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const calledAt = performance.now();
      const due = calledAt + dueIn(timeoutMs);
      const task: Task = { due, startedAt: calledAt, calledAt, timeoutMs, resolve, reject, run, ...about };
      this.deadlines.setBy(due);
      if (this.called.push(task) === 1) setImmediate(this.leave);
      if (this.running.size < this.limits.maxInFlight) this.start(task);
      else this.queue.add(task);
    });
  }

  /** Rejects all that is left. */
  end(error: () => Error): void {
    const left = [...this.running, ...this.queue];
    this.running.clear();
    this.queue.clear();
    for (const task of left) task.reject(error());
    this.deadlines.release();
  }

  /** Resolves once nothing is on its way; to be called once. */
  idle(): Promise<void> {
    return new Promise((resolve) =>
      this.running.size + this.queue.size === 0 ? resolve() : (this.whenIdle = resolve),
    );
  }

  /**
   * Nothing leaves this process while its code runs, nor has its caller a moment that passes: where that took long, as with
   * thousands of operations called at once, it is not part of the deadline.
   */
  private readonly leave = (): void => {
    const { called } = this;
    this.called = [];
    const now = performance.now();
    for (const task of called) {
      const busyMs = now - task.calledAt;
      if (busyMs <= task.timeoutMs * busyShare) continue;
      task.due += busyMs;
      task.startedAt = Math.max(task.startedAt, now);
    }
  };

  private start(task: Task): void {
    this.running.add(task);
    promised(task.run).then(
      (result) => {
        if (!this.running.delete(task)) return;
        this.listener.onSuccess(task, result);
        this.next();
      },
      (error: unknown) => {
        if (!this.running.delete(task)) return;
        this.listener.onFailure(task, error);
        this.next();
      },
    );
  }

  private next(): void {
    for (const task of this.queue) {
      if (this.running.size >= this.limits.maxInFlight) return;
      this.queue.delete(task);
      task.startedAt = performance.now();
      this.start(task);
    }
    if (this.running.size > 0) return;
    this.deadlines.release();
    this.whenIdle?.();
  }

  private expire(busyMs: number): number {
    const now = performance.now();
    const [begun, waiting] = [takeExpired(this.running, now), takeExpired(this.queue, now)];
    if (begun.length + waiting.length > 0) {
      this.listener.onTimeout(begun, waiting, busyMs);
      this.next();
    }
    let next = Infinity;
    for (const { due } of this.running) next = Math.min(next, due);
    for (const { due } of this.queue) next = Math.min(next, due);
    return next;
  }
}

/** Of its deadline, by which an operation may wait for the event loop before that counts as the caller's own time. */
const busyShare = 0.1;

/** A timer may come a little before its time. */
const slackMs = 1;

function takeExpired(tasks: Set<Task>, now: number): readonly Task[] {
  const expired = [...tasks].filter(({ due }) => due <= now + slackMs);
  for (const task of expired) tasks.delete(task);
  return expired;
}
