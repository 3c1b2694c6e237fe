import type { Operation } from '../contracts/dispatch.js';
import type { Driver } from '../contracts/driver.js';
import { addressOf } from '../contracts/node.js';
import type { Node } from '../contracts/node.js';
import type { Health, Pool, PoolStats } from '../contracts/pool.js';
import { messageOf } from '../errors/message-of.js';
import { HerdNodeDownError, HerdNodeError, HerdOverloadError, HerdTimeoutError } from '../errors/operation-errors.js';
import { afterDeadline, withDeadline } from './deadline.js';
import { afterFailure, afterProbe, afterSuccess, down, probeDelayMs, well } from './health.js';

/** Limits of one pool; see `HerdOptions` for each. */
export type PoolOptions = Readonly<{
  ejectAfter: number;
  probeMs: number;
  maxProbeMs: number;
  pingTimeoutMs: number;
  maxInFlight: number;
  maxQueue: number;
}>;

type Task = { run: () => Promise<unknown>; resolve: (result: never) => void; reject: (error: unknown) => void; callOff: () => void };

/** The one client of a node, its bounded queue, and its health. */
export class NodePool<Client> implements Pool<Client> {
  health: Health = well;
  private readonly client: Client;
  private readonly running = new Set<Task>();
  private readonly queue = new Set<Task>();
  private readonly counts = { operations: 0, failures: 0, timeouts: 0 };
  private lastFailure: unknown;
  private probe: NodeJS.Timeout | undefined;
  private draining = false;
  private whenIdle: (() => void) | undefined;

  constructor(
    readonly node: Node,
    private readonly driver: Pick<Driver<Client, object>, 'open' | 'ping' | 'abandon' | 'close' | 'classify'>,
    private readonly options: PoolOptions,
    private readonly now: () => number,
    private readonly onHealth: () => void,
  ) {
    this.client = driver.open(node);
  }

  get stats(): PoolStats {
    return Object.freeze({ inFlight: this.running.size, queued: this.queue.size, ...this.counts });
  }

  use<Result>(operation: Operation<Client, Result>, timeoutMs: number): Promise<Result> {
    const refusal = this.refusal();
    if (refusal) return Promise.reject(refusal);
    return new Promise<Result>((resolve, reject) => {
      const task: Task = {
        run: () => operation(this.client, this.node),
        resolve,
        reject,
        callOff: afterDeadline(timeoutMs, () => this.late(task, timeoutMs)),
      };
      this.counts.operations++;
      if (this.running.size < this.options.maxInFlight) this.start(task);
      else this.queue.add(task);
    });
  }

  /** Asks the node whether it is there. One that does not answer is marked down, and probed until it does. */
  async check(): Promise<void> {
    if (this.health.state === 'up') await this.ping().catch((error: unknown) => this.become(down(messageOf(error), this.now())));
  }

  async drain(timeoutMs: number): Promise<void> {
    this.draining = true;
    clearTimeout(this.probe);
    const left = this.running.size + this.queue.size;
    const idle = new Promise<void>((resolve) => (left === 0 ? resolve() : (this.whenIdle = resolve)));
    await withDeadline(idle, timeoutMs, () => this.error(HerdTimeoutError, 'did not finish its work')).catch(() => undefined);
    await this.driver.close(this.client);
  }

  private refusal(): Error | undefined {
    if (this.draining) return this.error(HerdNodeError, 'has left the herd');
    if (this.health.state === 'down') return this.error(HerdNodeDownError, `is down (${this.health.reason})`);
    if (this.running.size >= this.options.maxInFlight && this.queue.size >= this.options.maxQueue) {
      return this.error(HerdOverloadError, `has ${this.queue.size} operations waiting`);
    }
    return undefined;
  }

  private start(task: Task): void {
    this.running.add(task);
    promised(task.run).then(
      (result) => this.finish(task, () => this.succeeded(task, result)),
      (error: unknown) => this.finish(task, () => this.failed(task, error)),
    );
  }

  private finish(task: Task, settle: () => void): void {
    if (!this.running.delete(task)) return;
    task.callOff();
    settle();
    this.next();
  }

  private next(): void {
    for (const task of this.queue) {
      if (this.running.size >= this.options.maxInFlight) return;
      this.queue.delete(task);
      this.start(task);
    }
    if (this.running.size === 0) this.whenIdle?.();
  }

  private succeeded(task: Task, result: unknown): void {
    this.become(afterSuccess(this.health));
    task.resolve(result as never);
  }

  private failed(task: Task, error: unknown): void {
    if (this.driver.classify(error) === 'node') this.count(error);
    task.reject(error);
  }

  private late(task: Task, timeoutMs: number): void {
    this.counts.timeouts++;
    if (this.queue.delete(task)) task.reject(this.error(HerdTimeoutError, `took no operation within ${timeoutMs} ms`));
    else {
      this.finish(task, () => {
        const error = this.error(HerdTimeoutError, `did not answer within ${timeoutMs} ms`);
        this.driver.abandon(this.client);
        this.count(error);
        task.reject(error);
      });
    }
  }

  /** One lost connection fails many operations with one error: it counts once. */
  private count(error: unknown): void {
    this.counts.failures++;
    if (error === this.lastFailure) return;
    this.lastFailure = error;
    this.become(afterFailure(this.health, messageOf(error), this.now(), this.options.ejectAfter));
  }

  private become(health: Health): void {
    const changed = health.state !== this.health.state;
    this.health = health;
    if (!changed || this.draining) return;
    this.lastFailure = undefined;
    if (health.state === 'down') this.scheduleProbe();
    this.onHealth();
  }

  private scheduleProbe(): void {
    if (this.health.state === 'up' || this.draining) return;
    const { probeMs, maxProbeMs } = this.options;
    this.probe = setTimeout(() => void this.tryAgain(), probeDelayMs(this.health.probes, probeMs, maxProbeMs)).unref();
  }

  private async tryAgain(): Promise<void> {
    const answered = await this.ping().then(
      () => true,
      () => false,
    );
    this.become(afterProbe(this.health, answered));
    this.scheduleProbe();
  }

  private async ping(): Promise<void> {
    const { pingTimeoutMs } = this.options;
    const late = () => this.error(HerdTimeoutError, `did not answer within ${pingTimeoutMs} ms`);
    await withDeadline(promised(() => this.driver.ping(this.client)), pingTimeoutMs, late).catch((error: unknown) => {
      this.driver.abandon(this.client);
      throw error;
    });
  }

  private error<E>(type: new (problem: { what: string; remedy: string }) => E, what: string): E {
    return new type({ what: `Node ${this.node.id} ${what}`, remedy: `see that ${addressOf(this.node)} is up and not overloaded` });
  }
}

/** A driver's operation that throws at once fails like one that rejects. */
const promised = async <Result>(run: () => Promise<Result>): Promise<Result> => run();
