import type { Effect, Operation } from '../contracts/dispatch.js';
import type { Driver } from '../contracts/driver.js';
import type { Node } from '../contracts/node.js';
import type { Answer } from '../contracts/pending.js';
import type { Health, Pool, PoolOperation, PoolStats } from '../contracts/pool.js';
import { HerdError } from '../errors/herd-error.js';
import {
  HerdDoubtError,
  HerdNodeDownError,
  HerdNodeError,
  HerdOverloadError,
  HerdTimeoutError,
} from '../errors/operation-errors.js';
import { promiseOf } from '../support/answers.js';
import { withDeadline } from '../support/deadline.js';
import { messageOf, problemOf } from '../support/message-of.js';
import { codeOf } from '../support/operation-failure.js';
import { addressOf } from '../support/nodes.js';
import { Bulkhead } from './bulkhead.js';
import type { TaskListener } from './bulkhead.js';
import { noKeys, Task } from './task.js';
import { Doubts } from './doubts.js';
import { afterFailure, afterProbe, afterRefusal, afterSuccess, ejected, healthy, isStored } from './health.js';
import { NodeContact } from './node-contact.js';
import type { ContactDriver } from './node-contact.js';
import { Recovery } from './recovery.js';

/** Limits of one pool; see `HerdOptions` for each. */
export type PoolOptions = Readonly<{
  ejectAfter: number;
  probeMs: number;
  maxProbeMs: number;
  pingTimeoutMs: number;
  firstContactMs: number;
  maxInFlight: number;
  maxQueue: number;
  lateWritesMs: number;
}>;

/** What a pool needs of its driver. */
export type PoolDriver<Client> = ContactDriver<Client> & Pick<Driver<Client, object>, 'open' | 'close' | 'classify'>;

/** For so long a node must have refused nothing before a write that it carries out shows that it refuses no more. */
const refusalMs = 1000;

/** What is left of a deadline is a fraction. */
const shownMs = (ms: number): number => Math.max(1, Math.round(ms));

/** The one client of a node, the operations on it, and its health. */
export class NodePool<Client> implements Pool<Client>, TaskListener {
  health: Health = healthy;
  private readonly client: Client;
  private readonly bulkhead: Bulkhead;
  private readonly recovery: Recovery;
  private readonly contact: NodeContact<Client>;
  private readonly counts = { operations: 0, failures: 0, timeouts: 0 };
  private answered = 0;
  private lastFailure: unknown;
  private refusedAt = -Infinity;
  /** Why it is down. */
  private downBy: unknown;
  private draining = false;

  constructor(
    readonly node: Node,
    private readonly driver: PoolDriver<Client>,
    private readonly options: PoolOptions,
    private readonly now: () => number,
    private readonly onHealth: () => void,
    /** Whether a node that is down is left unused; false once too many are (Envoy's panic threshold). */
    private readonly ejectionAllowed: () => boolean = () => true,
    doubts = new Doubts(() => Infinity),
  ) {
    this.client = driver.open(node);
    this.contact = new NodeContact(this.client, driver, options, (what) => this.error(HerdTimeoutError, what));
    this.bulkhead = new Bulkhead(options, this);
    this.recovery = new Recovery(
      {
        isDown: () => this.health.state === 'down',
        probes: () => (this.health.state === 'down' ? this.health.probes : 0),
        probe: () => this.contact.probe(),
        invalidate: driver.invalidate && ((keys) => this.contact.deleteKeys(keys)),
        onProbe: (failure) => this.probed(failure),
        onFailure: (error) => this.judge(error),
      },
      doubts,
      options,
    );
    this.recovery.wake();
  }

  get stats(): PoolStats {
    return Object.freeze({ inFlight: this.bulkhead.inFlight, queued: this.bulkhead.queued, ...this.counts });
  }

  use<Result>(
    operation: PoolOperation<Client, Result>,
    timeoutMs: number,
    keys: readonly string[] = noKeys,
    effect: Effect = 'bound',
    wholeMs = timeoutMs,
  ): Promise<Result> {
    return this.perform(new Task(operation, timeoutMs, effect, keys, wholeMs)) as Promise<Result>;
  }

  /** The same by a task of the caller's, whose operation is of this pool's client. */
  perform(task: Task): Promise<unknown> {
    const refusal = this.refusal(task);
    if (refusal) return task.refused(refusal);
    this.counts.operations++;
    task.answeredBefore = this.answered;
    return this.bulkhead.add(task);
  }

  /** @returns whether nothing is in doubt of the node's value of `key`. */
  trusts(key: string): boolean {
    return this.recovery.doubts.standing(key) === 'clear';
  }

  /** Pings the node. One that does not answer is ejected, and probed until it does. */
  async healthCheck(): Promise<void> {
    if (this.health.state === 'down') return;
    await this.contact.ping().catch((error: unknown) => this.setHealth(ejected(messageOf(error), this.now()), error));
  }

  doubt(keys: readonly string[], late: boolean): void {
    this.recovery.doubt(keys, late ? this.options.lateWritesMs : 0);
  }

  /** Keys were added to the doubts of this node. */
  wake(): void {
    this.recovery.wake();
  }

  /** Deletes `keys` on the node as far as they are in doubt; resolves once they are gone. */
  async forget(keys: readonly string[]): Promise<void> {
    for (let deletion; (deletion = this.recovery.forget(keys));) await deletion;
  }

  async drain(timeoutMs: number): Promise<void> {
    this.draining = true;
    this.recovery.stop();
    await withDeadline(this.bulkhead.idle(), timeoutMs, () =>
      this.error(HerdTimeoutError, 'did not finish its work'),
    ).catch(() => undefined);
    await this.driver
      .close(this.client)
      .finally(() => this.bulkhead.end(() => this.error(HerdNodeError, 'has left the herd')));
  }

  private refusal(task: Task): Error | undefined {
    if (this.draining) return this.error(HerdNodeError, 'has left the herd');
    const { doubts } = this.recovery;
    if (this.health.state === 'down') {
      const inDoubt = !doubts.none && task.keys.some((key) => doubts.standing(key) !== 'clear');
      if (inDoubt || this.ejectionAllowed()) return this.downError();
    }
    const late = doubts.none ? undefined : this.lateIn(task);
    if (late) return late;
    return this.bulkhead.full
      ? this.error(HerdOverloadError, `has ${this.bulkhead.queued} operations waiting`)
      : undefined;
  }

  /** The bulkhead's calls: this one and the next three. */
  begin(task: Task): Answer<unknown> {
    return this.recovery.doubts.none ? this.run(task) : this.withoutDoubt(task);
  }

  private run({ operation }: Task): Answer<unknown> {
    return (operation as Operation<Client, unknown>)(this.client, this.node, Infinity);
  }

  private async withoutDoubt(task: Task): Promise<unknown> {
    for (;;) {
      const late = this.lateIn(task);
      if (late) throw late;
      const forgetting = this.recovery.forget(task.keys);
      if (!forgetting) return promiseOf(this.run(task));
      await forgetting;
    }
  }

  /**
   * A key must be neither read nor written while a write to it that was given up may still arrive.
   *
   * @returns the error of the task, unless it goes on without such keys.
   */
  private lateIn(task: Task): HerdDoubtError | undefined {
    if (task.effect === 'delete') return undefined;
    const late = task.keys.filter((key) => this.recovery.doubts.standing(key) === 'late');
    if (late.length === 0) return undefined;
    if (!task.leftOut) return this.doubtError(late[0]!);
    for (const key of late) task.leftOut.set(key, this.doubtError(key));
    return task.keys.length === 0 ? this.doubtError(late[0]!) : undefined;
  }

  onSuccess(task: Task, result: unknown): void {
    this.answered++;
    this.contact.answered();
    const accepts =
      this.health.state === 'refusing' &&
      (task.effect === 'write' || task.effect === 'bound') &&
      isStored(result) &&
      performance.now() - this.refusedAt > refusalMs;
    this.setHealth(accepts ? healthy : afterSuccess(this.health));
    task.succeed(result);
  }

  onFailure(task: Task, error: unknown): void {
    const isSpared = task.isSpared && codeOf(error) === 'HERD_NODE';
    if (!isSpared && !(error instanceof HerdDoubtError)) this.judge(error, task.keys);
    task.fail(error);
  }

  private judge(error: unknown, keys = noKeys): void {
    const failure = this.driver.classify(error);
    if (failure !== 'request') this.contact.probeWritesBy(keys);
    if (failure === 'overload') {
      this.refusedAt = performance.now();
      this.setHealth(afterRefusal(this.health, messageOf(error), this.now()));
    }
    if (failure === 'node') this.count(error);
    // What a node refuses altogether it would refuse again: a new connection may reach the one that took its place.
    if (failure === 'refusal') this.count(error, this.options.ejectAfter);
  }

  onTimeout(begun: readonly Task[], waiting: readonly Task[], busyMs: number): void {
    this.counts.timeouts += begun.length + waiting.length;
    const error = ({ timeoutMs }: Task): HerdTimeoutError =>
      this.error(HerdTimeoutError, `did not answer within ${shownMs(timeoutMs)} ms`);
    if (begun.length > 0) {
      // Where this process was busy, or the operation waited for its turn, the node had little of the time.
      const now = performance.now();
      const fair = begun.filter(({ startedAt, wholeMs }) => now - startedAt - busyMs >= wholeMs / 2);
      // A node that answered nobody for that long has failed all that is in flight, not these operations alone.
      const silent = fair.some(({ answeredBefore }) => answeredBefore === this.answered);
      if (fair.length === 0) this.bulkhead.spare();
      this.driver.abandon(this.client);
      this.contact.probeWritesBy(begun[0]!.keys);
      if (fair.length > 0) this.count(error(fair[0]!), silent ? this.bulkhead.inFlight + fair.length : 1);
    }
    for (const task of begun) task.fail(error(task));
    for (const task of waiting)
      task.fail(this.error(HerdOverloadError, `had no turn for this operation within ${shownMs(task.timeoutMs)} ms`));
  }

  /** One lost connection fails many operations with one error: it counts once. */
  private count(error: unknown, failures = 1): void {
    this.counts.failures++;
    if (error === this.lastFailure) return;
    this.lastFailure = error;
    this.setHealth(afterFailure(this.health, messageOf(error), this.now(), this.options.ejectAfter, failures), error);
  }

  private setHealth(health: Health, error?: unknown): void {
    const { health: before } = this;
    if (health === before) return;
    this.health = health;
    this.downBy = health.state === 'down' ? error : undefined;
    const changed = health.state !== before.state;
    const explained = 'reason' in health && 'reason' in before && health.reason !== before.reason;
    if (this.draining || !(changed || explained)) return;
    if (changed && (health.state === 'down' || before.state === 'down')) {
      this.lastFailure = undefined;
      if (health.state === 'down') this.driver.abandon(this.client);
      this.recovery.onHealthChange();
    }
    this.onHealth();
  }

  private probed(failure: unknown): void {
    const reason = failure === undefined ? undefined : messageOf(failure);
    this.setHealth(afterProbe(this.health, reason, this.options.ejectAfter), failure);
  }

  /** One sentence: what failed last, and what to do about that. */
  private downError(): HerdNodeDownError {
    const { downBy } = this;
    const [down, beginning, problem] = [`Node ${this.node.id} is down`, `Node ${this.node.id} `, problemOf(downBy)];
    const what = problem.startsWith(beginning)
      ? `${down}, as it ${problem.slice(beginning.length)}`
      : `${down} (${problem})`;
    const remedy = downBy instanceof HerdError ? downBy.remedy : this.remedy;
    return new HerdNodeDownError({ what, remedy, cause: downBy });
  }

  private doubtError(key: string): HerdDoubtError {
    return new HerdDoubtError({
      what: `Node ${this.node.id} may still carry out a write to ${JSON.stringify(key)} that was given up`,
      remedy: `load the value from its source; the key is used again within ${this.options.lateWritesMs} ms`,
    });
  }

  private error<E>(type: new (problem: { what: string; remedy: string }) => E, what: string): E {
    return new type({
      what: `Node ${this.node.id} ${what}`,
      remedy: this.remedy,
    });
  }

  private get remedy(): string {
    return `see that ${addressOf(this.node)} is up and not overloaded`;
  }
}
