import type { Herd, HerdHandle, HerdPolicy } from '../contracts/herd.js';
import type { Node } from '../contracts/node.js';
import { defaultCacheOptions } from '../cache/cache-options.js';
import { asCacheCommands, asLeaseCommands } from '../cache/cache-source.js';
import type { CacheSource } from '../cache/cache-source.js';
import { Coherence } from '../cache/coherence.js';
import { jsonCodec } from '../codec/json.codec.js';
import { HerdCache } from '../cache/herd-cache.js';
import { HerdNamespace } from '../cache/herd-namespace.js';
import { checkText } from '../support/key-text.js';
import { checked } from '../support/option-checks.js';
import { Cluster } from './cluster.js';
import { dispatchByTable, dispatchToNode } from './dispatch.js';
import type { DispatchSource } from './dispatch-source.js';
import { resolveHerdOptions } from './herd-options.js';
import type { HerdOptions } from './herd-options.js';
import { checkPolicy } from './policy.js';

/**
 * Starts a herd without Nest: resolves once discovery has answered and the nodes were pinged. A herd
 * whose nodes are all down starts too, and uses each as soon as it answers.
 *
 * @example
 * const cache = await startHerd({ discovery: staticNodes(['10.0.0.1:11211']), driver: memcached() });
 * await cache.set('k', { any: 'value' }, { ttl: '1m' });
 *
 * @throws {@link HerdOptionError} for a wrong option.
 */
export async function startHerd<Client, Commands extends object, NodeCommands extends object = Commands>(
  options: HerdOptions<Client, Commands, NodeCommands>,
): Promise<Herd<Commands, NodeCommands>> {
  const cluster = new Cluster(resolveHerdOptions(options));
  await cluster.start();
  const { name, bus, now } = cluster.options;
  return handleOf(cluster, new Coherence(name, bus, now), {});
}

function handleOf<Client, Commands extends object, NodeCommands extends object>(
  cluster: Cluster<Client, Commands, NodeCommands>,
  coherence: Coherence,
  policy: HerdPolicy,
): Herd<Commands, NodeCommands> {
  const { name, driver } = cluster.options;
  const { timeoutMs = cluster.options.timeoutMs, onNodeDown = cluster.options.onNodeDown } = policy;
  const { failoverTtlMs } = cluster.options;
  const source: DispatchSource<Client> = {
    name,
    driver: driver.name,
    timeoutMs,
    onNodeDown,
    failoverTtlMs,
    fleet: cluster.fleet,
    closed: () => cluster.isClosed,
  };
  const commands = driver.commands(dispatchByTable(source));
  // A node that stands in has no lease of the owner; and what is copied from former owners must find no place reserved.
  const leaseCommands = onNodeDown === 'next' ? undefined : asLeaseCommands(commands);
  const cacheSource = (): CacheSource => ({
    herd: name,
    codec: driver.codec ?? jsonCodec,
    coherence,
    commands: asCacheCommands(commands),
    strict: asCacheCommands(driver.commands(dispatchByTable({ ...source, onNodeDown: 'error' }))),
    owners: asCacheCommands(
      onNodeDown === 'next' ? driver.commands(dispatchByTable({ ...source, onNodeDown: 'miss' })) : commands,
    ),
    standInLifeMs: onNodeDown === 'next' ? failoverTtlMs : undefined,
    leases: () => (cluster.fleet.isWarming() ? undefined : leaseCommands),
    nodeFor: (stored) => cluster.fleet.route.table.nodeFor(stored)?.id,
    route: () => cluster.fleet.tables,
    leastTtlMs: driver.leastTtlMs ?? 0,
    ttlOf: (lifeMs) => (cluster.options.now() + lifeMs > (driver.lastMomentMs ?? Number.MAX_VALUE) ? 'never' : lifeMs),
    now: cluster.options.now,
    random: cluster.options.random,
  });
  let cache: HerdCache | undefined;
  const topology$ = cluster.topology$.asObservable();
  const handle: HerdHandle<Commands, NodeCommands> = {
    name,
    topology$,
    get topology() {
      return cluster.topology$.value;
    },
    snapshot: () => cluster.snapshot(),
    nodeFor: (key) => {
      checkText(key);
      return cluster.fleet.route.table.nodeFor(key);
    },
    on: async (node: Pick<Node, 'id'> | undefined, use) => use(driver.nodeCommands(dispatchToNode(source, node?.id))),
    withPolicy: (other) => {
      const given = checked((problems) => checkPolicy(problems, other, driver));
      return handleOf(cluster, coherence, { timeoutMs, onNodeDown, ...given });
    },
    getOrSet: async (key, ttl, load, given) => {
      cache ??= new HerdCache(cacheSource(), defaultCacheOptions);
      return cache.getOrSet(key, ttl, load, given);
    },
    namespace: (namespace, given = {}) => new HerdNamespace(cacheSource(), namespace, given),
    refresh: () => cluster.refresh(),
    stopDiscovery: () => cluster.stopDiscovery(),
    close: () => {
      coherence.close();
      return cluster.close();
    },
  };
  return Object.freeze(Object.defineProperties({ ...commands }, Object.getOwnPropertyDescriptors(handle))) as Herd<
    Commands,
    NodeCommands
  >;
}
