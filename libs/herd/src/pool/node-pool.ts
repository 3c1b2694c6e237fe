import type { Driver } from '../contracts/driver.js';
import { addressOf } from '../support/nodes.js';
import type { Node } from '../contracts/node.js';
import type { Health, Pool, PoolOperation, PoolStats } from '../contracts/pool.js';
import { promised } from '../support/promised.js';
import { messageOf } from '../support/message-of.js';
import { HerdNodeDownError, HerdNodeError, HerdOverloadError, HerdTimeoutError } from '../errors/operation-errors.js';
import { withDeadline } from '../support/deadline.js';
import { afterFailure, afterProbe, afterSuccess, down, well } from './health.js';
import { Recovery } from './recovery.js';
import { Workload } from './bulkhead.js';
import type { Task } from './bulkhead.js';

/** Limits of one pool; see `HerdOptions` for each. */
export type PoolOptions = Readonly<{
  ejectAfter: number;
  probeMs: number;
  maxProbeMs: number;
  pingTimeoutMs: number;
  firstContactMs: number;
  maxInFlight: number;
  maxQueue: number;
}>;

/** The one client of a node, its workload, and its health. */
export class NodePool<Client> implements Pool<Client> {
  health: Health = well;
  private readonly client: Client;
  private readonly workload: Workload;
  private readonly recovery: Recovery;
  private readonly counts = { operations: 0, failures: 0, timeouts: 0 };
  private answered = 0;
  private met = false;
  private lastFailure: unknown;
  private draining = false;

  constructor(
    readonly node: Node,
    private readonly driver: Pick<
      Driver<Client, object>,
      'open' | 'ping' | 'abandon' | 'forget' | 'close' | 'classify'
    >,
    private readonly options: PoolOptions,
    private readonly now: () => number,
    private readonly onHealth: () => void,
    /** Whether a node that is down is left unused; false once too many are. */
    private readonly mayRefuse: () => boolean = () => true,
  ) {
    this.client = driver.open(node);
    this.workload = new Workload(options, {
      done: (task, result) => this.succeeded(task, result),
      failed: (task, error) => this.failed(task, error),
      late: (begun, waiting) => this.late(begun, waiting),
    });
    this.recovery = new Recovery(
      {
        isDown: () => this.health.state === 'down',
        probes: () => (this.health.state === 'down' ? this.health.probes : 0),
        ping: () => this.ping(),
        forget: driver.forget && ((keys) => this.ask(() => driver.forget!(this.client, keys), options.pingTimeoutMs)),
        probed: (answered) => this.become(afterProbe(this.health, answered, options.ejectAfter)),
        failed: (error) => this.count(error),
      },
      options,
    );
  }

  get stats(): PoolStats {
    return Object.freeze({ inFlight: this.workload.inFlight, queued: this.workload.queued, ...this.counts });
  }

  use<Result>(
    operation: PoolOperation<Client, Result>,
    timeoutMs: number,
    keys: readonly string[] = [],
  ): Promise<Result> {
    const refusal = this.refusal(keys);
    if (refusal) return Promise.reject(refusal);
    this.counts.operations++;
    return this.workload.add(() => operation(this.client, this.node), timeoutMs, this.answered);
  }

  /** Asks the node whether it is there. One that does not answer is marked down, and probed until it does. */
  async check(): Promise<void> {
    if (this.health.state === 'down') return;
    await (this.met ? this.ping() : this.meet()).catch((error: unknown) =>
      this.become(down(messageOf(error), this.now())),
    );
  }

  doubt(keys: readonly string[]): void {
    this.recovery.doubt(keys);
  }

  async drain(timeoutMs: number): Promise<void> {
    this.draining = true;
    this.recovery.end();
    await withDeadline(this.workload.idle(), timeoutMs, () =>
      this.error(HerdTimeoutError, 'did not finish its work'),
    ).catch(() => undefined);
    await this.driver.close(this.client);
  }

  private refusal(keys: readonly string[]): Error | undefined {
    if (this.draining) return this.error(HerdNodeError, 'has left the herd');
    if (this.health.state === 'down' && (this.mayRefuse() || keys.some((key) => this.recovery.isDoubted(key))))
      return this.error(HerdNodeDownError, `is down (${this.health.reason})`);
    return this.workload.full
      ? this.error(HerdOverloadError, `has ${this.workload.queued} operations waiting`)
      : undefined;
  }

  private succeeded(task: Task, result: unknown): void {
    this.answered++;
    this.met = true;
    this.become(afterSuccess(this.health));
    task.resolve(result as never);
  }

  private failed(task: Task, error: unknown): void {
    if (this.driver.classify(error) === 'node') this.count(error);
    task.reject(error);
  }

  private late(begun: readonly Task[], waiting: readonly Task[]): void {
    this.counts.timeouts += begun.length + waiting.length;
    const error = ({ timeoutMs }: Task): HerdTimeoutError =>
      this.error(HerdTimeoutError, `did not answer within ${timeoutMs} ms`);
    if (begun.length > 0) {
      // A node that answered nobody for that long has failed all that is in flight, not these operations alone.
      const silent = begun.some(({ answeredBefore }) => answeredBefore === this.answered);
      const worth = silent ? this.workload.inFlight + begun.length : 1;
      this.driver.abandon(this.client);
      this.count(error(begun[0]!), worth);
    }
    for (const task of begun) task.reject(error(task));
    for (const task of waiting)
      task.reject(this.error(HerdTimeoutError, `took no operation within ${task.timeoutMs} ms`));
  }

  /** One lost connection fails many operations with one error: it counts once. */
  private count(error: unknown, worth = 1): void {
    this.counts.failures++;
    if (error === this.lastFailure) return;
    this.lastFailure = error;
    this.become(afterFailure(this.health, messageOf(error), this.now(), this.options.ejectAfter, worth));
  }

  private become(health: Health): void {
    const changed = health.state !== this.health.state;
    this.health = health;
    if (!changed || this.draining) return;
    this.lastFailure = undefined;
    this.recovery.follow();
    this.onHealth();
  }

  /** The first contact of a process that is still starting takes longer than any other, and may fail by that alone. */
  private async meet(): Promise<void> {
    const start = performance.now();
    const { firstContactMs, pingTimeoutMs } = this.options;
    const left = () => Math.max(pingTimeoutMs, firstContactMs - (performance.now() - start));
    await this.ping(left()).catch(() => this.ping(Math.min(left(), pingTimeoutMs)));
  }

  private async ping(timeoutMs = this.options.pingTimeoutMs): Promise<void> {
    await this.ask(() => this.driver.ping(this.client), timeoutMs);
    this.met = true;
  }

  private async ask(question: () => Promise<void>, timeoutMs: number): Promise<void> {
    const late = () => this.error(HerdTimeoutError, `did not answer within ${timeoutMs} ms`);
    await withDeadline(promised(question), timeoutMs, late).catch((error: unknown) => {
      this.driver.abandon(this.client);
      throw error;
    });
  }

  private error<E>(type: new (problem: { what: string; remedy: string }) => E, what: string): E {
    return new type({
      what: `Node ${this.node.id} ${what}`,
      remedy: `see that ${addressOf(this.node)} is up and not overloaded`,
    });
  }
}
