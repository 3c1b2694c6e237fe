import type { Copies, Driver } from '../contracts/driver.js';
import { HerdTimeoutError } from '../errors/operation-errors.js';
import { withDeadline } from '../support/deadline.js';
import { addressOf } from '../support/nodes.js';
import type { Node } from '../contracts/node.js';
import type { Health } from '../contracts/pool.js';
import type { Router, RouteTable } from '../contracts/router.js';
import { dueIn } from '../pool/deadline-timer.js';
import { Doubts } from '../pool/doubts.js';
import { NodePool } from '../pool/node-pool.js';
import type { PoolOptions } from '../pool/node-pool.js';
import { KeyHistory } from './key-history.js';
import { NodeDoubts } from './node-doubts.js';
import { publishHealth } from './publish.js';
import { RecentWrites } from './recent-writes.js';
import { StandIns } from './stand-ins.js';

/** A table and the pools of its nodes: replaced as a whole, never changed. */
export type Route<Client> = Readonly<{ table: RouteTable; pools: ReadonlyMap<string, NodePool<Client>> }>;

export type FleetOptions<Client> = Readonly<{
  name: string;
  driver: Driver<Client, object>;
  router: Router;
  drainTimeoutMs: number;
  maxEjectedFraction: number;
  longestLifeMs: number;
  warmUpForMs: number;
  /** Whether there will never be other nodes. */
  isFixed: boolean;
  now: () => number;
  poolOptions: (node: Node) => PoolOptions;
}>;

/** The pools in use and those on their way out. */
export class Fleet<Client> {
  route: Route<Client>;
  private readonly history = new KeyHistory(() => this.longestLifeMs);
  private readonly recent = new RecentWrites();
  private readonly doubts = new NodeDoubts(() => new Doubts(() => this.longestLifeMs));
  private readonly standIns = new StandIns((key, id) => void this.doubt(key, id));
  private longestLifeMs: number;
  private warming: Readonly<{ table: RouteTable; until: number }> | undefined;
  private readonly leaving = new Set<Promise<void>>();
  private down = 0;
  /** How many sets of nodes there were. */
  tables = 0;
  private closed = false;

  constructor(
    private readonly options: FleetOptions<Client>,
    private readonly onHealth: () => void,
  ) {
    this.route = { table: options.router.build([]), pools: new Map() };
    this.longestLifeMs = options.longestLifeMs;
  }

  /** A value is given a life: what is in doubt of it stays so for as long. */
  noteLife(lifeMs: number): void {
    if (lifeMs > this.longestLifeMs) this.longestLifeMs = lifeMs;
  }

  /**
   * To be called before a write to `key` goes to `owner`: nodes that owned the key before must not give their value again.
   *
   * @param timeoutMs what is left of the write's deadline.
   * @returns what the write must wait for while values are copied from former owners: it rejects with HerdTimeoutError where one of
   * them did not answer by then. `nodes` are those.
   */
  beforeWrite(
    key: string,
    owner: string,
    timeoutMs: number,
  ): Readonly<{ left: Promise<unknown>; nodes: string }> | undefined {
    if (!this.options.isFixed) this.recent.add(key, owner);
    const former = this.history.formerOwners(key, owner);
    if (former.length === 0) return undefined;
    const pools = former.flatMap((id) => this.doubt(key, id) ?? []);
    if (!this.isWarming()) return undefined;
    const present = pools.filter(({ health }) => health.state !== 'down');
    if (present.length === 0) return undefined;
    const failed = (): void => this.route.pools.get(owner)?.doubt([key], true);
    const left = Promise.all(present.map((pool) => this.forgetAt(pool, key, timeoutMs, failed)));
    return { left, nodes: present.map(({ node }) => node.id).join(' ') };
  }

  /** @param failed called where `pool` did not surely delete `key`. */
  private async forgetAt(pool: NodePool<Client>, key: string, timeoutMs: number, failed: () => void): Promise<void> {
    let isLate = false;
    const late = (): HerdTimeoutError => {
      isLate = true;
      return new HerdTimeoutError({
        what: `Node ${pool.node.id}, which owned ${JSON.stringify(key)} before, did not delete it in time`,
        remedy: `see that ${addressOf(pool.node)} is up and not overloaded`,
      });
    };
    await withDeadline(pool.forget([key]), dueIn(timeoutMs), late).catch((error: unknown) => {
      failed();
      if (isLate) throw error;
    });
  }

  /** A write to `key` went to `node`, or to none that is sure: what (other) stand-ins were given is old. */
  wroteTo(key: string, node?: string): void {
    for (const id of this.standIns.taken(key)) if (id !== node) this.doubt(key, id);
  }

  /** A write to `key` that was routed by `route` has ended: where the owner is another by now, it may have an older value. */
  endedWrite(key: string, route: Route<Client>): void {
    if (route === this.route) return;
    const id = this.route.table.nodeFor(key)?.id;
    if (id !== undefined && id !== route.table.nodeFor(key)?.id) this.doubt(key, id);
  }

  /** A node that is not the owner was given a value of `key`. */
  stoodIn(key: string, node: string): void {
    this.standIns.note(key, node);
  }

  private doubt(key: string, id: string): NodePool<Client> | undefined {
    const pool = this.route.pools.get(id);
    if (pool) pool.doubt([key], false);
    else this.doubts.of(id).add(key);
    return pool;
  }

  /** @returns the pool from which a value that `owner` lacks may be copied, after a change. */
  warmSource(key: string, owner: string): NodePool<Client> | undefined {
    if (!this.isWarming()) return undefined;
    const id = this.warming!.table.nodeFor(key)?.id;
    const pool = id === undefined || id === owner ? undefined : this.route.pools.get(id);
    return pool?.health.state === 'down' || !pool?.trusts(key) ? undefined : pool;
  }

  get copies(): Copies<Client> | undefined {
    return this.options.driver.copies;
  }

  /** Whether values are still copied from the former owners of their keys. */
  isWarming(): boolean {
    return this.warming !== undefined && performance.now() < this.warming.until;
  }

  /** Opens and warms the pools of new nodes, swaps the table in one assignment, and lets the removed pools finish. */
  async apply(nodes: readonly Node[]): Promise<void> {
    const before = this.route;
    const table = this.options.router.build(nodes);
    const pools = this.poolsOf(nodes);
    await Promise.all([...pools.values()].map((pool) => pool.healthCheck()));
    const kept = new Set(pools.values());
    if (this.closed)
      return void [...kept]
        .filter((pool) => before.pools.get(pool.node.id) !== pool)
        .forEach((pool) => this.retire(pool));
    this.remember(before.table, table);
    this.doubts.follow(new Set(pools.keys()));
    this.route = { table, pools };
    for (const pool of pools.values()) pool.wake();
    this.countDown();
    for (const pool of before.pools.values()) if (!kept.has(pool)) this.retire(pool);
  }

  /** Pings each node that is up. */
  async healthCheck(): Promise<void> {
    await Promise.all([...this.route.pools.values()].map((pool) => pool.healthCheck()));
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const pool of this.route.pools.values()) this.retire(pool);
    await Promise.all(this.leaving);
  }

  private remember(table: RouteTable, next: RouteTable): void {
    const owns = (one: RouteTable): string => JSON.stringify(one.nodes.map(({ id, weight }) => [id, weight]).sort());
    if (table.nodes.length === 0 || owns(table) === owns(next)) return;
    this.tables++;
    this.history.leave(table, next);
    for (const [key, owner] of this.recent.owners()) {
      const id = next.nodeFor(key)!.id;
      if (owner !== id && table.nodeFor(key)!.id !== id) this.doubts.of(id).add(key);
    }
    const { warmUpForMs } = this.options;
    if (warmUpForMs > 0) this.warming = { table, until: performance.now() + warmUpForMs };
  }

  /** All or none: where one cannot be opened, those that were opened for this are closed. */
  private poolsOf(nodes: readonly Node[]): ReadonlyMap<string, NodePool<Client>> {
    const pools = new Map<string, NodePool<Client>>();
    const opened: NodePool<Client>[] = [];
    try {
      for (const node of nodes) {
        const kept = this.keptPool(node);
        const pool = kept ?? this.open(node);
        if (!kept) opened.push(pool);
        pools.set(node.id, pool);
      }
      return pools;
    } catch (error) {
      for (const pool of opened) this.retire(pool);
      throw error;
    }
  }

  /** A node that kept its id but not its address needs new connections, at its old place. */
  private keptPool(node: Node): NodePool<Client> | undefined {
    const pool = this.route.pools.get(node.id);
    return pool && addressOf(pool.node) === addressOf(node) ? pool : undefined;
  }

  private open(node: Node): NodePool<Client> {
    let state: Health['state'] = 'up';
    const onHealth = (): void => {
      this.countDown();
      // A new reason is news of the topology alone.
      if (pool.health.state !== state) publishHealth({ herd: this.options.name, node, health: pool.health });
      ({ state } = pool.health);
      this.onHealth();
    };
    const pool = new NodePool(
      node,
      this.options.driver,
      this.options.poolOptions(node),
      this.options.now,
      onHealth,
      () => this.ejectionAllowed(),
      this.doubts.of(node.id),
    );
    return pool;
  }

  private ejectionAllowed(): boolean {
    return this.down <= this.route.pools.size * this.options.maxEjectedFraction;
  }

  private countDown(): void {
    this.down = [...this.route.pools.values()].filter(({ health }) => health.state === 'down').length;
  }

  private retire(pool: NodePool<Client>): void {
    const done = pool
      .drain(this.options.drainTimeoutMs)
      .catch(() => undefined)
      .finally(() => this.leaving.delete(done));
    this.leaving.add(done);
  }
}
