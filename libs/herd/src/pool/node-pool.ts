import { setTimeout as pause } from 'node:timers/promises';

import type { Driver } from '../contracts/driver.js';
import { addressOf } from '../contracts/node.js';
import type { Node } from '../contracts/node.js';
import type { Health, Pool, PoolOperation, PoolStats } from '../contracts/pool.js';
import { messageOf } from '../errors/message-of.js';
import { HerdNodeDownError, HerdNodeError, HerdOverloadError, HerdTimeoutError } from '../errors/operation-errors.js';
import { afterDeadline, withDeadline } from './deadline.js';
import { Doubts } from './doubts.js';
import { afterFailure, afterProbe, afterSuccess, down, probeDelayMs, well } from './health.js';

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

/** What a node that was silent had received by then, it may still carry out in its first moments awake. */
const settleMs = 50;

/** Keys that one request makes a node forget. */
const forgetAtOnce = 500;

type Task = { successesBefore: number; run: () => Promise<unknown>; resolve: (result: never) => void; reject: (error: unknown) => void; callOff: () => void };

/** The one client of a node, its bounded queue, and its health. */
export class NodePool<Client> implements Pool<Client> {
  health: Health = well;
  private readonly client: Client;
  private readonly running = new Set<Task>();
  private readonly queue = new Set<Task>();
  private readonly doubts = new Doubts();
  private successes = 0;
  private met = false;
  private cleaning: NodeJS.Timeout | undefined;
  private readonly counts = { operations: 0, failures: 0, timeouts: 0 };
  private lastFailure: unknown;
  private probe: NodeJS.Timeout | undefined;
  private draining = false;
  private whenIdle: (() => void) | undefined;

  constructor(
    readonly node: Node,
    private readonly driver: Pick<Driver<Client, object>, 'open' | 'ping' | 'abandon' | 'forget' | 'close' | 'classify'>,
    private readonly options: PoolOptions,
    private readonly now: () => number,
    private readonly onHealth: () => void,
    /** Whether a node that is down is left unused; false once too many are. */
    private readonly mayRefuse: () => boolean = () => true,
  ) {
    this.client = driver.open(node);
  }

  get stats(): PoolStats {
    return Object.freeze({ inFlight: this.running.size, queued: this.queue.size, ...this.counts });
  }

  use<Result>(operation: PoolOperation<Client, Result>, timeoutMs: number, keys: readonly string[] = []): Promise<Result> {
    const refusal = this.refusal(keys);
    if (refusal) return Promise.reject(refusal);
    return new Promise<Result>((resolve, reject) => {
      const task: Task = {
        successesBefore: this.successes,
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
    if (this.health.state === 'down') return;
    await (this.met ? this.ping() : this.meet()).catch((error: unknown) => this.become(down(messageOf(error), this.now())));
  }

  doubt(keys: readonly string[]): void {
    if (!this.driver.forget) return;
    this.doubts.add(keys);
    this.cleanSoon();
  }

  async drain(timeoutMs: number): Promise<void> {
    this.draining = true;
    clearTimeout(this.probe);
    clearTimeout(this.cleaning);
    const left = this.running.size + this.queue.size;
    const idle = new Promise<void>((resolve) => (left === 0 ? resolve() : (this.whenIdle = resolve)));
    await withDeadline(idle, timeoutMs, () => this.error(HerdTimeoutError, 'did not finish its work')).catch(() => undefined);
    await this.driver.close(this.client);
  }

  private refusal(keys: readonly string[]): Error | undefined {
    if (this.draining) return this.error(HerdNodeError, 'has left the herd');
    if (this.health.state === 'down' && (this.mayRefuse() || keys.some((key) => this.doubts.has(key)))) return this.error(HerdNodeDownError, `is down (${this.health.reason})`);
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
    this.successes++;
    this.met = true;
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
        // A node that answered nobody for that long has failed all that is in flight, not this operation alone.
        const silent = this.successes === task.successesBefore;
        const worth = silent ? this.running.size + 1 : 1;
        this.driver.abandon(this.client);
        this.count(error, worth);
        task.reject(error);
      });
    }
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
    if (health.state === 'down') this.scheduleProbe();
    this.cleanSoon();
    this.onHealth();
  }

  private scheduleProbe(): void {
    if (this.health.state === 'up' || this.draining) return;
    const { probeMs, maxProbeMs } = this.options;
    this.probe = setTimeout(() => void this.tryAgain(), probeDelayMs(this.health.probes, probeMs, maxProbeMs)).unref();
  }

  private async tryAgain(): Promise<void> {
    const answered = await this.ping()
      .then(() => this.comeClean())
      .then(
        () => true,
        () => false,
      );
    this.become(afterProbe(this.health, answered, this.options.ejectAfter));
    this.scheduleProbe();
  }

  /** Makes the node forget what is in doubt, before it is used again. */
  private async comeClean(): Promise<void> {
    if (this.doubts.empty) return;
    await pause(settleMs, undefined, { ref: false });
    await this.clean();
  }

  /** The same for a node that missed a write, but stayed in use. */
  private cleanSoon(): void {
    if (this.doubts.empty || this.draining || this.health.state === 'down' || this.cleaning) return;
    this.cleaning = setTimeout(() => {
      const clean = this.health.state === 'up' ? this.clean() : Promise.resolve();
      void clean
        .catch((error: unknown) => this.count(error))
        .finally(() => {
          this.cleaning = undefined;
          this.cleanSoon();
        });
    }, settleMs).unref();
  }

  private async clean(): Promise<void> {
    while (!this.doubts.empty && !this.draining) {
      const suspects = this.doubts.take(forgetAtOnce);
      await this.answered(() => this.driver.forget!(this.client, suspects), this.options.pingTimeoutMs).catch((error: unknown) => {
        this.doubts.add(suspects);
        throw error;
      });
    }
  }

  /** The first contact of a process that is still starting takes longer than any other, and may fail by that alone. */
  private async meet(): Promise<void> {
    const start = performance.now();
    const { firstContactMs, pingTimeoutMs } = this.options;
    const left = () => Math.max(pingTimeoutMs, firstContactMs - (performance.now() - start));
    await this.ping(left()).catch(() => this.ping(Math.min(left(), pingTimeoutMs)));
  }

  private async ping(timeoutMs = this.options.pingTimeoutMs): Promise<void> {
    await this.answered(() => this.driver.ping(this.client), timeoutMs);
    this.met = true;
  }

  private async answered(ask: () => Promise<void>, timeoutMs: number): Promise<void> {
    const late = () => this.error(HerdTimeoutError, `did not answer within ${timeoutMs} ms`);
    await withDeadline(promised(ask), timeoutMs, late).catch((error: unknown) => {
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
