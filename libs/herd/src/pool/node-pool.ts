import type { Driver } from '../contracts/driver.js';
import { addressOf } from '../support/nodes.js';
import type { Node } from '../contracts/node.js';
import type { Health, Pool, PoolOperation, PoolStats } from '../contracts/pool.js';
import { promised } from '../support/promised.js';
import { messageOf } from '../support/message-of.js';
import { HerdNodeDownError, HerdNodeError, HerdOverloadError, HerdTimeoutError } from '../errors/operation-errors.js';
import { withDeadline } from '../support/deadline.js';
import { afterFailure, afterProbe, afterSuccess, ejected, healthy } from './health.js';
import { Recovery } from './recovery.js';
import { Bulkhead } from './bulkhead.js';
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

/** `contacted` once the node has answered anything; a pool that drains never goes back. */
type Life = 'new' | 'contacted' | 'draining';

/** The one client of a node, the operations on it, and its health. */
export class NodePool<Client> implements Pool<Client> {
  health: Health = healthy;
  private readonly client: Client;
  private readonly bulkhead: Bulkhead;
  private readonly recovery: Recovery;
  private readonly counts = { operations: 0, failures: 0, timeouts: 0 };
  private answered = 0;
  private lastFailure: unknown;
  private life: Life = 'new';

  constructor(
    readonly node: Node,
    private readonly driver: Pick<
      Driver<Client, object>,
      'open' | 'ping' | 'abandon' | 'invalidate' | 'close' | 'classify'
    >,
    private readonly options: PoolOptions,
    private readonly now: () => number,
    private readonly onHealth: () => void,
    /** Whether a node that is down is left unused; false once too many are (Envoy's panic threshold). */
    private readonly ejectionAllowed: () => boolean = () => true,
  ) {
    this.client = driver.open(node);
    this.bulkhead = new Bulkhead(options, {
      onSuccess: (task, result) => this.succeeded(task, result),
      onFailure: (task, error) => this.failed(task, error),
      onTimeout: (begun, waiting) => this.timedOut(begun, waiting),
    });
    this.recovery = new Recovery(
      {
        isDown: () => this.health.state === 'down',
        probes: () => (this.health.state === 'down' ? this.health.probes : 0),
        ping: () => this.ping(),
        invalidate:
          driver.invalidate &&
          ((keys) => this.withTimeout(() => driver.invalidate!(this.client, keys), options.pingTimeoutMs)),
        onProbe: (answered) => this.setHealth(afterProbe(this.health, answered, options.ejectAfter)),
        onFailure: (error) => this.count(error),
      },
      options,
    );
  }

  get stats(): PoolStats {
    return Object.freeze({ inFlight: this.bulkhead.inFlight, queued: this.bulkhead.queued, ...this.counts });
  }

  use<Result>(
    operation: PoolOperation<Client, Result>,
    timeoutMs: number,
    keys: readonly string[] = [],
  ): Promise<Result> {
    const refusal = this.refusal(keys);
    if (refusal) return Promise.reject(refusal);
    this.counts.operations++;
    return this.bulkhead.add(() => operation(this.client, this.node), timeoutMs, this.answered);
  }

  /** Pings the node. One that does not answer is ejected, and probed until it does. */
  async healthCheck(): Promise<void> {
    if (this.health.state === 'down') return;
    await (this.life === 'new' ? this.firstPing() : this.ping()).catch((error: unknown) =>
      this.setHealth(ejected(messageOf(error), this.now())),
    );
  }

  invalidate(keys: readonly string[]): void {
    this.recovery.invalidate(keys);
  }

  async drain(timeoutMs: number): Promise<void> {
    this.life = 'draining';
    this.recovery.stop();
    await withDeadline(this.bulkhead.idle(), timeoutMs, () =>
      this.error(HerdTimeoutError, 'did not finish its work'),
    ).catch(() => undefined);
    await this.driver.close(this.client);
  }

  private refusal(keys: readonly string[]): Error | undefined {
    if (this.life === 'draining') return this.error(HerdNodeError, 'has left the herd');
    if (this.health.state === 'down' && (this.ejectionAllowed() || keys.some((key) => this.recovery.mayBeStale(key))))
      return this.error(HerdNodeDownError, `is down (${this.health.reason})`);
    return this.bulkhead.full
      ? this.error(HerdOverloadError, `has ${this.bulkhead.queued} operations waiting`)
      : undefined;
  }

  private succeeded(task: Task, result: unknown): void {
    this.answered++;
    this.markContacted();
    this.setHealth(afterSuccess(this.health));
    task.resolve(result as never);
  }

  private failed(task: Task, error: unknown): void {
    if (this.driver.classify(error) === 'node') this.count(error);
    task.reject(error);
  }

  private timedOut(begun: readonly Task[], waiting: readonly Task[]): void {
    this.counts.timeouts += begun.length + waiting.length;
    const error = ({ timeoutMs }: Task): HerdTimeoutError =>
      this.error(HerdTimeoutError, `did not answer within ${timeoutMs} ms`);
    if (begun.length > 0) {
      // A node that answered nobody for that long has failed all that is in flight, not these operations alone.
      const silent = begun.some(({ answeredBefore }) => answeredBefore === this.answered);
      const failures = silent ? this.bulkhead.inFlight + begun.length : 1;
      this.driver.abandon(this.client);
      this.count(error(begun[0]!), failures);
    }
    for (const task of begun) task.reject(error(task));
    for (const task of waiting)
      task.reject(this.error(HerdTimeoutError, `started no operation within ${task.timeoutMs} ms`));
  }

  /** One lost connection fails many operations with one error: it counts once. */
  private count(error: unknown, failures = 1): void {
    this.counts.failures++;
    if (error === this.lastFailure) return;
    this.lastFailure = error;
    this.setHealth(afterFailure(this.health, messageOf(error), this.now(), this.options.ejectAfter, failures));
  }

  private setHealth(health: Health): void {
    const changed = health.state !== this.health.state;
    this.health = health;
    if (!changed || this.life === 'draining') return;
    this.lastFailure = undefined;
    this.recovery.onHealthChange();
    this.onHealth();
  }

  /** The first contact of a process that is still starting takes longer than any other, and may fail by that alone. */
  private async firstPing(): Promise<void> {
    const start = performance.now();
    const { firstContactMs, pingTimeoutMs } = this.options;
    const left = () => Math.max(pingTimeoutMs, firstContactMs - (performance.now() - start));
    await this.ping(left()).catch(() => this.ping(Math.min(left(), pingTimeoutMs)));
  }

  private async ping(timeoutMs = this.options.pingTimeoutMs): Promise<void> {
    await this.withTimeout(() => this.driver.ping(this.client), timeoutMs);
    this.markContacted();
  }

  private markContacted(): void {
    if (this.life === 'new') this.life = 'contacted';
  }

  private async withTimeout(work: () => Promise<void>, timeoutMs: number): Promise<void> {
    const late = () => this.error(HerdTimeoutError, `did not answer within ${timeoutMs} ms`);
    await withDeadline(promised(work), timeoutMs, late).catch((error: unknown) => {
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
