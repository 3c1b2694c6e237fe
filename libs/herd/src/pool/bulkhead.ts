import type { Answer } from '../contracts/pending.js';
import { hear } from '../support/answers.js';
import { rejected } from '../support/promised.js';
import { DeadlineTimer } from './deadline-timer.js';
import { TaskList } from './task-list.js';
import type { Task, TaskHome } from './task.js';
import { TurnClock } from './turn-clock.js';

/** Begins tasks, and is notified how each ended, once. */
export interface TaskListener {
  begin(task: Task): Answer<unknown>;
  onSuccess(task: Task, result: unknown): void;
  onFailure(task: Task, error: unknown): void;
  /** Those whose deadlines have passed at one moment: some had begun, others still waited. `busyMs`: this process was busy. */
  onTimeout(begun: readonly Task[], waiting: readonly Task[], busyMs: number): void;
}

/** The operations of one node: so many at once, so many in the queue, and none past its deadline. */
export class Bulkhead implements TaskHome {
  private readonly running = new TaskList<Task>();
  private readonly queue = new TaskList<Task>();
  private readonly deadlines = new DeadlineTimer((lateMs) => this.expire(lateMs));
  /** When the first task of this turn of the event loop was called, and the shortest of their deadlines; `Infinity` between turns. */
  private turnAt = Infinity;
  private shortestMs = Infinity;
  private readonly clock = new TurnClock();
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

  /** Begins `task` at once, or when one before it is done. */
  add(task: Task): Promise<unknown> {
    const now = this.clock.now();
    const promise = task.called(this, now);
    this.deadlines.setBy(task.due);
    if (this.turnAt === Infinity) {
      this.turnAt = now;
      setImmediate(this.leave);
    }
    if (task.timeoutMs < this.shortestMs) this.shortestMs = task.timeoutMs;
    if (this.running.size < this.limits.maxInFlight) this.start(task);
    else this.queue.add(task);
    return promise;
  }

  /** The connection of what is on its way is given up, and not by the node's fault. */
  spare(): void {
    for (let task = this.running.first; task; task = task.after) task.isSpared = true;
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

  onDone(task: Task, result: unknown): void {
    if (!this.running.remove(task)) return;
    this.listener.onSuccess(task, result);
    this.next();
  }

  onFailed(task: Task, error: unknown): void {
    if (!this.running.remove(task)) return;
    this.listener.onFailure(task, error);
    this.next();
  }

  /**
   * Nothing leaves this process while its code runs, nor has its caller a moment that passes: where that took long, as with
   * thousands of operations called at once, it is not part of the deadline.
   */
  private readonly leave = (): void => {
    const { turnAt, shortestMs } = this;
    this.turnAt = this.shortestMs = Infinity;
    const now = this.clock.turned();
    if (now - turnAt <= shortestMs * busyShare) return;
    for (const tasks of [this.running, this.queue])
      for (let task = tasks.first; task; task = task.after) {
        const { calledAt } = task;
        const busyMs = now - calledAt;
        if (calledAt < turnAt - roundingMs || busyMs <= task.timeoutMs * busyShare) continue;
        // Where it waited for its turn meanwhile, it began at that.
        task.begunAt = Math.max(task.startedAt, now);
        task.due += busyMs;
      }
  };

  private start(task: Task): void {
    this.running.add(task);
    hear(this.begun(task), task);
  }

  /** What is thrown at once is reported later, as all else: a row of such tasks must not end them one within the other. */
  private begun(task: Task): Answer<unknown> {
    try {
      return this.listener.begin(task);
    } catch (error) {
      return rejected(error);
    }
  }

  private next(): void {
    for (let task = this.queue.first; task; task = this.queue.first) {
      if (this.running.size >= this.limits.maxInFlight) return;
      this.queue.remove(task);
      task.begunAt = performance.now();
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

/** When a task was called is reckoned from its deadline. */
const roundingMs = 1e-6;

/** A timer may come a little before its time. */
const slackMs = 1;

function nextDue(tasks: TaskList<Task>): number {
  let next = Infinity;
  for (let task = tasks.first; task; task = task.after) next = Math.min(next, task.due);
  return next;
}
