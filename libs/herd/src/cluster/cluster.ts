import { BehaviorSubject } from 'rxjs';

import type { Discovered } from '../contracts/discovery.js';
import type { Node } from '../contracts/node.js';
import type { DiscoveryStatus, HerdSnapshot, Topology } from '../contracts/topology.js';
import { messageOf } from '../support/message-of.js';
import { HerdTimeoutError } from '../errors/operation-errors.js';
import { withDeadline } from '../support/deadline.js';
import type { PoolOptions } from '../pool/node-pool.js';
import { publishTopology } from './publish.js';
import { Fleet } from './fleet.js';
import { judge, nothingYet } from './discovery-gate.js';
import { jittered } from '../support/jittered.js';
import { keyShares } from './key-shares.js';
import { limitsOf } from './herd-options.js';
import type { ResolvedHerdOptions } from './herd-options.js';

/** While no node is known, discovery is asked this often. */
const emptyRefreshMs = 1000;

/** Follows a discovery: asks, judges, applies, and publishes what came of it. */
export class Cluster<Client, Commands extends object, NodeCommands extends object> {
  readonly topology$: BehaviorSubject<Topology>;
  readonly fleet: Fleet<Client>;
  closed = false;
  private accepted = nothingYet;
  private discovery: DiscoveryStatus;
  private refreshing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private endWatch: (() => void) | undefined;
  private stopped: Promise<void> | undefined;
  private closing: Promise<void> | undefined;
  private readonly abort = new AbortController();

  constructor(readonly options: ResolvedHerdOptions<Client, Commands, NodeCommands>) {
    this.discovery = Object.freeze({ state: 'refused', at: options.now(), reason: 'it was not asked yet' });
    const poolOptions = (node: Node): PoolOptions => limitsOf({ ...options, pingTimeoutMs: options.timeoutMs }, node);
    this.fleet = new Fleet({ ...options, poolOptions }, () => this.publish());
    this.topology$ = new BehaviorSubject(this.picture(1));
  }

  /** Resolves after the first answer of discovery, good or bad; trouble is reported and tried again. */
  async start(): Promise<void> {
    await this.refresh();
    this.endWatch = this.options.discovery.watch?.(() => void this.refreshAgain());
    this.schedule();
  }

  /** One update at a time: a call during an update waits for that one, and one after `stopDiscovery` does nothing. */
  refresh(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    this.refreshing ??= this.update().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  stopDiscovery(): Promise<void> {
    this.stopped ??= this.stop();
    return this.stopped;
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.abort.abort();
    this.endWatch?.();
    await this.refreshing;
    await this.options.discovery.close?.();
  }

  private async shutDown(): Promise<void> {
    this.closed = true;
    await this.stopDiscovery().catch(() => undefined);
    await this.fleet.close();
    this.topology$.complete();
  }

  private schedule(): void {
    if (this.stopped) return;
    const { refreshMs, refreshJitter, random } = this.options;
    const wait = this.accepted.nodes.length === 0 ? Math.min(refreshMs, emptyRefreshMs) : refreshMs;
    this.timer = setTimeout(
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
    const now = this.options.now;
    try {
      const verdict = judge(await this.ask(), this.accepted, this.options.minFraction);
      if ('refused' in verdict) this.refuse(verdict.refused);
      else {
        await this.fleet.apply(verdict.accepted.nodes);
        this.accepted = verdict.accepted;
        this.discovery = Object.freeze({ state: 'taken', at: now() });
      }
    } catch (error) {
      this.refuse(messageOf(error));
    }
    if (this.discovery.state === 'refused') await this.fleet.check();
    this.publish();
  }

  private refuse(reason: string): void {
    this.discovery = Object.freeze({ state: 'refused', at: this.options.now(), reason });
  }

  private async ask(): Promise<Discovered> {
    const { discovery, discoveryTimeoutMs } = this.options;
    const deadline = AbortSignal.timeout(discoveryTimeoutMs);
    const late = () =>
      new HerdTimeoutError({
        what: `Discovery "${discovery.name}" took over ${discoveryTimeoutMs} ms`,
        remedy: 'raise discoveryTimeoutMs',
      });
    const answer = Promise.resolve().then(() => discovery.nodes(AbortSignal.any([deadline, this.abort.signal])));
    return withDeadline(answer, discoveryTimeoutMs, late);
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

  private publish(): void {
    if (this.closed) return;
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
