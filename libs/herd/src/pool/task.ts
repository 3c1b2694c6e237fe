import { promised } from '../support/promised.js';
import { dueIn } from './deadline-timer.js';
import { Listed } from './task-list.js';

/** What follows an operation, as `.then(done, failed)` would, but at once: each promise more costs a turn, and garbage. */
export type Sequel<Result> = Readonly<{
  /** Must not throw. */
  done?: ((result: Result) => Result | Promise<Result>) | undefined;
  failed?: ((error: unknown) => Promise<Result>) | undefined;
}>;

/** What a task is about. `answeredBefore`: how many operations the node had answered when this one came. */
export type About = Readonly<{ answeredBefore: number; keys: readonly string[]; writes: boolean }>;

/** An operation on its way. `due` and `startedAt` are by the clock of `performance.now()`. */
export class Task extends Listed<Task> {
  due: number;
  startedAt: number;

  constructor(
    readonly run: () => Promise<unknown>,
    readonly timeoutMs: number,
    readonly about: About,
    private readonly sequel: Sequel<unknown> | undefined,
    readonly calledAt: number,
    private readonly resolve: (result: never) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    super();
    this.due = calledAt + dueIn(timeoutMs);
    this.startedAt = calledAt;
  }

  succeed(result: unknown): void {
    const done = this.sequel?.done;
    this.resolve((done ? done(result) : result) as never);
  }

  fail(error: unknown): void {
    const failed = this.sequel?.failed;
    if (failed) this.resolve(promised(() => failed(error)) as never);
    else this.reject(error);
  }
}

/** An operation that did not begin. */
export const rejected = <Result>(error: Error, sequel: Sequel<Result> | undefined): Promise<Result> =>
  sequel?.failed ? promised(() => sequel.failed!(error)) : Promise.reject(error);
