import type { Driver } from '../contracts/driver.js';
import { addressOf } from '../support/nodes.js';
import type { Node } from '../contracts/node.js';
import type { Router, RouteTable } from '../contracts/router.js';
import { NodePool } from '../pool/node-pool.js';
import type { PoolOptions } from '../pool/node-pool.js';
import { publishHealth } from './publish.js';

/** A table and the pools of its nodes: replaced as a whole, never changed. */
export type Route<Client> = Readonly<{ table: RouteTable; pools: ReadonlyMap<string, NodePool<Client>> }>;

export type FleetOptions<Client> = Readonly<{
  name: string;
  driver: Driver<Client, object>;
  router: Router;
  drainTimeoutMs: number;
  maxEjectedFraction: number;
  now: () => number;
  poolOptions: (node: Node) => PoolOptions;
}>;

/** The pools in use and those on their way out. */
export class Fleet<Client> {
  route: Route<Client>;
  private readonly leaving = new Set<Promise<void>>();
  private down = 0;
  private closed = false;

  constructor(
    private readonly options: FleetOptions<Client>,
    private readonly onHealth: () => void,
  ) {
    this.route = { table: options.router.build([]), pools: new Map() };
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
    this.route = { table, pools };
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
    const onHealth = (): void => {
      this.countDown();
      publishHealth({ herd: this.options.name, node, health: pool.health });
      this.onHealth();
    };
    const pool = new NodePool(
      node,
      this.options.driver,
      this.options.poolOptions(node),
      this.options.now,
      onHealth,
      () => this.ejectionAllowed(),
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
