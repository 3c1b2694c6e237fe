import { BehaviorSubject } from 'rxjs';

import type { Discovered } from '../contracts/discovery.js';
import type { Node } from '../contracts/node.js';
import type { DiscoveryStatus, HerdSnapshot, Topology } from '../contracts/topology.js';
import { HerdTimeoutError } from '../errors/operation-errors.js';
import { HerdOptionError } from '../errors/option-error.js';
import type { PoolOptions } from '../pool/node-pool.js';
import { withDeadline } from '../support/deadline.js';
import { jittered } from '../support/jittered.js';
import { messageOf } from '../support/message-of.js';
import { decide, noNodesYet } from './discovery-gate.js';
import { Fleet } from './fleet.js';
import type { ResolvedHerdOptions } from './herd-options.js';
import { keyShares } from './key-shares.js';
import { limitsOf } from './node-limits.js';
import { publishTopology } from './publish.js';

/** While there is no node, discovery is queried this often. */
const emptyRefreshMs = 1000;

/**
 * `following`: discovery is queried at each tick, and may be watched. `frozen`: the topology stays as it is. `closed`: no
 * operation runs any more. The promises resolve once discovery, and the pools, have closed.
 */
type Life =
  | { readonly state: 'following'; timer?: NodeJS.Timeout; endWatch?: (() => void) | undefined }
  | Readonly<{ state: 'frozen'; stopped: Promise<void> }>
  | Readonly<{ state: 'closed'; stopped: Promise<void>; done: Promise<void> }>;

/** Follows a discovery: queries, decides, applies, and publishes what came of it. */
export class Cluster<Client, Commands extends object, NodeCommands extends object> {
  readonly topology$: BehaviorSubject<Topology>;
  readonly fleet: Fleet<Client>;
  private life: Life = { state: 'following' };
  private accepted = noNodesYet;
  private discovery: DiscoveryStatus;
  private refreshing: Promise<void> | undefined;
  private readonly discoveryAbort = new AbortController();

  constructor(readonly options: ResolvedHerdOptions<Client, Commands, NodeCommands>) {
    this.discovery = Object.freeze({ state: 'rejected', at: options.now(), reason: 'it was not queried yet' });
    const poolOptions = (node: Node): PoolOptions => limitsOf({ ...options, pingTimeoutMs: options.timeoutMs }, node);
    this.fleet = new Fleet({ ...options, isFixed: options.discovery.isFixed === true, poolOptions }, () =>
      this.publish(),
    );
    this.topology$ = new BehaviorSubject(this.picture(1));
  }

  get isClosed(): boolean {
    return this.life.state === 'closed';
  }

  /**
   * Resolves after the first answer of discovery, good or bad; trouble is reported and tried again.
   *
   * @throws HerdOptionError where an option does not fit the nodes that are listed: no other answer would come.
   */
  async start(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      await this.close();
      throw error;
    }
    if (this.life.state !== 'following') return;
    this.life.endWatch = this.watch();
    this.schedule();
  }

  /** One update at a time: a call during an update waits for that one, and one after `stopDiscovery` does nothing. */
  refresh(): Promise<void> {
    if (this.life.state !== 'following') return Promise.resolve();
    this.refreshing ??= this.update().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  stopDiscovery(): Promise<void> {
    if (this.life.state !== 'following') return this.life.stopped;
    const { timer, endWatch } = this.life;
    clearTimeout(timer);
    const stopped = this.endDiscovery(endWatch);
    this.life = { state: 'frozen', stopped };
    return stopped;
  }

  close(): Promise<void> {
    if (this.life.state === 'closed') return this.life.done;
    const stopped = this.stopDiscovery();
    const done = this.closePools(stopped);
    this.life = { state: 'closed', stopped, done };
    return done;
  }

  snapshot(): HerdSnapshot {
    const { name: herd, driver, router, discovery } = this.options;
    const picture = this.picture(this.topology$.value.version);
    const shares = keyShares(this.fleet.route.table);
    const nodes = Object.freeze(
      picture.nodes.map((status) => Object.freeze({ ...status, share: shares.get(status.node.id) ?? 0 })),
    );
    return Object.freeze({
      ...picture,
      herd,
      driver: driver.name,
      router: router.name,
      nodes,
      discovery: Object.freeze({ ...picture.discovery, name: discovery.name }),
    });
  }

  /** Without a watch discovery is queried at each tick all the same. */
  private watch(): (() => void) | undefined {
    try {
      return this.options.discovery.watch?.(() => void this.refreshAgain());
    } catch (error) {
      this.reject(`its watch failed: ${messageOf(error)}`);
      this.publish();
      return undefined;
    }
  }

  private async endDiscovery(endWatch: (() => void) | undefined): Promise<void> {
    this.discoveryAbort.abort();
    try {
      endWatch?.();
    } finally {
      await this.refreshing;
      await this.options.discovery.close?.();
    }
  }

  private async closePools(discoveryStopped: Promise<void>): Promise<void> {
    await discoveryStopped.catch(() => undefined);
    await this.fleet.close();
    this.topology$.complete();
  }

  private schedule(): void {
    if (this.life.state !== 'following') return;
    const { refreshMs, refreshJitter, random } = this.options;
    const wait = this.accepted.nodes.length === 0 ? Math.min(refreshMs, emptyRefreshMs) : refreshMs;
    this.life.timer = setTimeout(
      () => void this.refresh().then(() => this.schedule()),
      jittered(wait, refreshJitter, random),
    ).unref();
  }

  /** News that came during an update may not be in it. */
  private async refreshAgain(): Promise<void> {
    await this.refreshing;
    await this.refresh();
  }

  private async update(): Promise<void> {
    try {
      const decision = decide(await this.discover(), this.accepted, this.options.minFraction);
      if ('rejected' in decision) {
        this.reject(decision.rejected);
        this.accepted = decision.present ?? this.accepted;
      } else {
        await this.fleet.apply(decision.accepted.nodes);
        this.accepted = decision.accepted;
        this.discovery = Object.freeze({ state: 'accepted', at: this.options.now() });
      }
    } catch (error) {
      if (this.misfits(error)) throw error;
      this.reject(messageOf(error));
    }
    if (this.discovery.state === 'rejected') await this.fleet.healthCheck();
    this.publish();
  }

  private misfits(error: unknown): boolean {
    return error instanceof HerdOptionError && this.options.discovery.isFixed === true && this.accepted === noNodesYet;
  }

  private reject(reason: string): void {
    this.discovery = Object.freeze({ state: 'rejected', at: this.options.now(), reason });
  }

  private async discover(): Promise<Discovered> {
    const { discovery, discoveryTimeoutMs } = this.options;
    const deadline = new AbortController();
    const late = () => {
      const error = new HerdTimeoutError({
        what: `Discovery "${discovery.name}" took over ${discoveryTimeoutMs} ms`,
        remedy: 'raise discoveryTimeoutMs',
      });
      deadline.abort(error);
      return error;
    };
    const signal = AbortSignal.any([deadline.signal, this.discoveryAbort.signal]);
    const answer = Promise.resolve().then(() => discovery.nodes(signal));
    return withDeadline(answer, discoveryTimeoutMs, late);
  }

  private publish(): void {
    if (this.isClosed) return;
    const topology = this.picture(this.topology$.value.version + 1);
    this.topology$.next(topology);
    publishTopology({ herd: this.options.name, topology });
  }

  private picture(version: number): Topology {
    const { table, pools } = this.fleet.route;
    const nodes = table.nodes.map((node) => {
      const pool = pools.get(node.id)!;
      return Object.freeze({ node, health: pool.health, stats: pool.stats });
    });
    return Object.freeze({ version, nodes: Object.freeze(nodes), discovery: this.discovery });
  }
}
