import type { Effect, Operation } from '../contracts/dispatch.js';
import type { NodePool } from '../pool/node-pool.js';
import { Task } from '../pool/task.js';
import { absorbs, changesValue, doubtAfter, failsOver, leftUntil, standIn } from './dispatch-rules.js';
import type { DispatchSource } from './dispatch-source.js';
import type { Route } from './fleet.js';
import { operationsAreWatched, publishFailure } from './publish.js';
import { timed } from './timed.js';
import type { WarmUp } from './warm-up.js';

/**
 * One operation on one key, at its owner, and what follows from how it ended. Where all goes well it costs one promise, and one
 * object, this.
 */
export class KeyCall<Client, Result> extends Task {
  /** The table by which it was routed. */
  private readonly route: Route<Client>;
  private readonly mayBeCopied: boolean;
  /** Where more than one node has to answer. */
  private endsAt = Infinity;

  /** @param until stand-ins have their turn until then, by the clock of `performance.now()`. */
  constructor(
    private readonly source: DispatchSource<Client>,
    private readonly warmUp: WarmUp<Client>,
    private readonly owner: NodePool<Client>,
    private readonly key: string,
    operation: Operation<Client, Result>,
    private readonly miss: Result,
    effect: Effect,
    private readonly until: number,
    private readonly needsValue: boolean,
  ) {
    super(operation, source.timeoutMs, effect);
    this.route = source.fleet.route;
    this.mayBeCopied = (effect === 'read' || needsValue) && warmUp.mayHave(key, owner);
    if (this.mayBeCopied || source.fleet.isWarming()) this.endsAt = performance.now() + source.timeoutMs;
  }

  override get keys(): readonly string[] {
    return [this.key];
  }

  start(): Promise<Result> {
    const { source, owner } = this;
    if (!operationsAreWatched()) {
      const before = this.beforehand();
      if (!before) return owner.perform(this) as Promise<Result>;
      return before.then(
        () => owner.perform(this) as Promise<Result>,
        (error: unknown) => this.recovered(error),
      );
    }
    const running = timed(source, owner.node, () => {
      const before = this.beforehand();
      return before ? before.then(() => this.use()) : this.use();
    });
    return running.then(
      (result) => this.sequel(result),
      (error: unknown) => this.recovered(error),
    );
  }

  override succeed(result: unknown): void {
    this.resolve!(this.sequel(result as Result));
  }

  override fail(error: unknown): void {
    this.resolve!(this.recovered(error));
  }

  override refused(error: Error): Promise<unknown> {
    return this.recovered(error);
  }

  /** What a write must wait for, so that nothing that is copied meanwhile brings back what it replaces. */
  private beforehand(): Promise<unknown> | undefined {
    const copied = this.needsValue && this.mayBeCopied ? this.copied().then(() => this.leaveTime()) : undefined;
    const left = copied ? copied.then(() => this.formerLeft()) : this.formerLeft();
    return left?.then(() => this.leaveTime());
  }

  private formerLeft(): Promise<unknown> | undefined {
    return this.effect === 'read'
      ? undefined
      : this.source.fleet.beforeWrite(this.key, this.owner.node.id, this.timeoutMs)?.left;
  }

  private copied(): Promise<boolean> {
    return this.warmUp.copy(this.key, this.owner, { until: this.endsAt, wholeMs: this.wholeMs });
  }

  /** Another node has had a part of the time. */
  private leaveTime(): void {
    this.timeoutMs = leftUntil(this.endsAt);
  }

  private use(): Promise<Result> {
    const { owner, operation, timeoutMs, keys, effect, wholeMs } = this;
    return owner.use(operation as Operation<Client, Result>, timeoutMs, keys, effect, wholeMs);
  }

  private sequel(result: Result): Result | Promise<Result> {
    if (this.effect === 'read') return result === undefined && this.mayBeCopied ? this.again(result) : result;
    const { fleet } = this.source;
    fleet.wroteTo(this.key);
    fleet.endedWrite(this.key, this.route);
    return result;
  }

  /** What is missing may be where its key was before. */
  private async again(found: Result): Promise<Result> {
    const { source, owner } = this;
    if (!(await this.copied())) return found;
    this.leaveTime();
    return timed(source, owner.node, () => this.use()).catch((error: unknown) => this.recovered(error));
  }

  private async recovered(error: unknown): Promise<Result> {
    try {
      return await this.failover(error);
    } catch (failure) {
      if (!absorbs(this.source, failure)) throw failure;
      return this.miss;
    } finally {
      if (this.effect !== 'read') this.source.fleet.endedWrite(this.key, this.route);
    }
  }

  /** After a failure of the owner: under `next` other nodes stand in, as long as there is time. @throws the last error. */
  private async failover(error: unknown): Promise<Result> {
    const { source, key, effect, until } = this;
    const operation = this.operation as Operation<Client, Result>;
    this.note(this.owner, error);
    for (const tried = [this.owner]; ;) {
      const pool = failsOver(source, effect, error, until) ? standIn(source, key, tried) : undefined;
      if (!pool) {
        if (changesValue(effect)) source.fleet.wroteTo(key);
        throw error;
      }
      tried.push(pool);
      try {
        const done = await timed(source, pool.node, () =>
          pool.use(
            (client, node) => operation(client, node, source.failoverTtlMs),
            leftUntil(until),
            [key],
            effect,
            source.timeoutMs,
          ),
        );
        if (changesValue(effect)) {
          source.fleet.wroteTo(key, pool.node.id);
          source.fleet.stoodIn(key, pool.node.id);
        }
        return done;
      } catch (failure) {
        this.note(pool, failure);
        error = failure;
      }
    }
  }

  private note(pool: NodePool<Client>, failure: unknown): void {
    publishFailure(this.source.name, pool.node, failure);
    doubtAfter(this.source, pool, this.key, this.effect, failure);
  }
}
