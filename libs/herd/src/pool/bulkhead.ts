import { promised } from '../support/promised.js';
import { DeadlineTimer, dueIn } from './deadline-timer.js';

/** An operation on its way. `due` is by the clock of `performance.now()`. */
export type Task = Readonly<{
  due: number;
  timeoutMs: number;
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
  /** Those whose deadlines have passed at one moment: some had begun, others still waited. */
  onTimeout(begun: readonly Task[], waiting: readonly Task[]): void;
}

/** The operations of one node: so many at once, so many in the queue, and none past its deadline. */
export class Bulkhead {
  private readonly running = new Set<Task>();
  private readonly queue = new Set<Task>();
  private readonly deadlines = new DeadlineTimer(() => this.expire());
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
  add<Result>(run: () => Promise<Result>, timeoutMs: number, answeredBefore: number): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const task: Task = { due: dueIn(timeoutMs), timeoutMs, answeredBefore, resolve, reject, run };
      this.deadlines.setBy(task.due);
      if (this.running.size < this.limits.maxInFlight) this.start(task);
      else this.queue.add(task);
    });
  }

  /** Resolves once nothing is on its way; to be called once. */
  idle(): Promise<void> {
    return new Promise((resolve) =>
      this.running.size + this.queue.size === 0 ? resolve() : (this.whenIdle = resolve),
    );
  }

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
      this.start(task);
    }
    if (this.running.size > 0) return;
    this.deadlines.release();
    this.whenIdle?.();
  }

  private expire(): number {
    const now = performance.now();
    const [begun, waiting] = [takeExpired(this.running, now), takeExpired(this.queue, now)];
    if (begun.length + waiting.length > 0) {
      this.listener.onTimeout(begun, waiting);
      this.next();
    }
    let next = Infinity;
    for (const { due } of this.running) next = Math.min(next, due);
    for (const { due } of this.queue) next = Math.min(next, due);
    return next;
  }
}

/** A timer may come a little before its time. */
const slackMs = 1;

function takeExpired(tasks: Set<Task>, now: number): readonly Task[] {
  const expired = [...tasks].filter(({ due }) => due <= now + slackMs);
  for (const task of expired) tasks.delete(task);
  return expired;
}
