import { promised } from '../support/promised.js';
import { Sweep, dueIn } from './deadline-timer.js';

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

/** What becomes of tasks. Each task is told of once. */
export interface TaskEnds {
  done(task: Task, result: unknown): void;
  failed(task: Task, error: unknown): void;
  /** Those whose deadlines have passed at one moment: some had begun, others waited still. */
  late(begun: readonly Task[], waiting: readonly Task[]): void;
}

/** The operations of one node: so many at once, so many in the queue, and none past its deadline. */
export class Workload {
  private readonly running = new Set<Task>();
  private readonly queue = new Set<Task>();
  private readonly sweep = new Sweep(() => this.giveUpOnTheLate());
  private whenIdle: (() => void) | undefined;

  constructor(
    private readonly limits: Readonly<{ maxInFlight: number; maxQueue: number }>,
    private readonly ends: TaskEnds,
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
      this.sweep.by(task.due);
      if (this.running.size < this.limits.maxInFlight) this.start(task);
      else this.queue.add(task);
    });
  }

  /** Resolves once nothing is on its way; to be asked once. */
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
        this.ends.done(task, result);
        this.next();
      },
      (error: unknown) => {
        if (!this.running.delete(task)) return;
        this.ends.failed(task, error);
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
    this.sweep.rest();
    this.whenIdle?.();
  }

  private giveUpOnTheLate(): number {
    const now = performance.now();
    const [begun, waiting] = [takeLate(this.running, now), takeLate(this.queue, now)];
    if (begun.length + waiting.length > 0) {
      this.ends.late(begun, waiting);
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

function takeLate(tasks: Set<Task>, now: number): readonly Task[] {
  const late = [...tasks].filter(({ due }) => due <= now + slackMs);
  for (const task of late) tasks.delete(task);
  return late;
}
