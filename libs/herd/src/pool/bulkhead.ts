import { promised } from '../support/promised.js';
import { DeadlineTimer } from './deadline-timer.js';
import { TaskList } from './task-list.js';
import { Task } from './task.js';
import type { About, Sequel } from './task.js';

/** Hears how each task ended, once. */
export interface TaskListener {
  onSuccess(task: Task, result: unknown): void;
  onFailure(task: Task, error: unknown): void;
  /** Those whose deadlines have passed at one moment: some had begun, others still waited. `busyMs`: this process was busy. */
  onTimeout(begun: readonly Task[], waiting: readonly Task[], busyMs: number): void;
}

/** The operations of one node: so many at once, so many in the queue, and none past its deadline. */
export class Bulkhead {
  private readonly running = new TaskList<Task>();
  private readonly queue = new TaskList<Task>();
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
    about: About,
    sequel: Sequel<Result> | undefined,
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const task = new Task(run, timeoutMs, about, sequel as Sequel<unknown>, performance.now(), resolve, reject);
      this.deadlines.setBy(task.due);
      if (this.called.push(task) === 1) setImmediate(this.leave);
      if (this.running.size < this.limits.maxInFlight) this.start(task);
      else this.queue.add(task);
    });
  }

  /** Rejects all that is left. */
  end(error: () => Error): void {
    const all = (): boolean => true;
    for (const task of [...this.running.take(all), ...this.queue.take(all)]) task.fail(error());
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
        if (!this.running.remove(task)) return;
        this.listener.onSuccess(task, result);
        this.next();
      },
      (error: unknown) => {
        if (!this.running.remove(task)) return;
        this.listener.onFailure(task, error);
        this.next();
      },
    );
  }

  private next(): void {
    for (let task = this.queue.first; task; task = this.queue.first) {
      if (this.running.size >= this.limits.maxInFlight) return;
      this.queue.remove(task);
      task.startedAt = performance.now();
      this.start(task);
    }
    if (this.running.size > 0) return;
    this.deadlines.release();
    this.whenIdle?.();
  }

  private expire(busyMs: number): number {
    const now = performance.now();
    const isDue = ({ due }: Task): boolean => due <= now + slackMs;
    const [begun, waiting] = [this.running.take(isDue), this.queue.take(isDue)];
    if (begun.length + waiting.length > 0) {
      this.listener.onTimeout(begun, waiting, busyMs);
      this.next();
    }
    return Math.min(nextDue(this.running), nextDue(this.queue));
  }
}

/** Of its deadline, by which an operation may wait for the event loop before that counts as the caller's own time. */
const busyShare = 0.1;

/** A timer may come a little before its time. */
const slackMs = 1;

function nextDue(tasks: TaskList<Task>): number {
  let next = Infinity;
  for (let task = tasks.first; task; task = task.after) next = Math.min(next, task.due);
  return next;
}
