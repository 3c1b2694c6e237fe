import type { InvalidationBus } from '../contracts/invalidation-bus.js';
import type { Discovery } from '../contracts/discovery.js';
import type { OnNodeDown } from '../contracts/dispatch.js';
import type { Driver } from '../contracts/driver.js';
import type { Duration } from '../contracts/duration.js';
import type { Node } from '../contracts/node.js';
import type { Router } from '../contracts/router.js';
import { rendezvous } from '../router/rendezvous.js';
import {
  checked,
  checkMs,
  checkShape,
  checkShare,
  checkWhole,
  hasMethod,
  readDuration,
} from '../support/option-checks.js';
import type { OptionProblems } from '../support/option-problems.js';
import { checkPolicy } from './policy.js';

/** How a herd finds its nodes, talks to them, and handles their failures. */
export interface HerdOptions<Client, Commands extends object, NodeCommands extends object = Commands> {
  /** Which herd this is, where an application has several. Default `default`. */
  name?: string;
  discovery: Discovery;
  driver: Driver<Client, Commands, NodeCommands>;
  /** Default `rendezvous()`. */
  router?: Router;
  /** Keeps what namespaces have in memory true among processes. Default: none. */
  bus?: InvalidationBus;
  /** How often discovery is queried and nodes get a health check. Default `'30s'`. */
  refresh?: Duration;
  /** The share by which each wait is shorter or longer, by chance, so that processes that start together do not query at once. Default 0.1. */
  refreshJitter?: number;
  /** Deadline of an operation, its wait in the queue included. Default 250. */
  timeoutMs?: number;
  /** What becomes of an operation on a node that is down, late or overloaded. Default `miss`. */
  onNodeDown?: OnNodeDown;
  /** The longest life of what is written to a node that stands in, under `next`: up to 30 days. Default `'10s'`. */
  failoverTtl?: Duration;
  /** Failures in a row after which a node is marked down. Default 3. */
  ejectAfter?: number;
  /**
   * Once more than this share of the nodes is down, those are used all the same (Envoy's panic threshold). Default 1, as in
   * mcrouter: a node that is down is never used. Envoy spreads requests that any host can serve, so each host that it ejects
   * burdens the others; here a key has one owner, whose ejection spares its keys the deadline and burdens nobody, and probes
   * bring it back within `maxProbeMs`.
   */
  maxEjectedFraction?: number;
  /** Deadline for the first answer of a new node, which comes late while an application starts. Default 1000. */
  firstContactMs?: number;
  /** Wait before the first probe of a node that is down; it doubles up to `maxProbeMs`. Default 100, or a shorter `maxProbeMs`. */
  probeMs?: number;
  /** Default 1000, or a longer `probeMs`. */
  maxProbeMs?: number;
  /** Operations in flight to one node. Default 512. */
  maxInFlight?: number;
  /** Operations that may wait for one node. Default 4096. */
  maxQueue?: number;
  /** Deadline of one query of discovery. Default 2000. */
  discoveryTimeoutMs?: number;
  /** How long a removed node, and the herd when it closes, may finish what is in flight. Default 5000. */
  drainTimeoutMs?: number;
  /** Limits of single nodes, where they differ: a larger server may serve more at once. Called when a node joins. */
  perNode?: (node: Node) => NodeLimits;
  /**
   * Nodes leave when a second answer in a row misses them, and when a third does where the answers have less than this share of
   * the present nodes. A newer version is accepted at once. 0 never waits for a third. Default 0.5.
   */
  minFraction?: number;
  /**
   * How long a write that was given up may still arrive at its node: as long as a connection that is given up can hold it back.
   * Until then its key is not read, and then deleted once more. Default 5000.
   */
  lateWritesMs?: number;
  /**
   * The longest life that anybody gives to a value of these nodes: for so long they may have values that are older than a write
   * that they missed. What this process writes with a longer life counts too. Default `'1d'`.
   */
  longestLife?: Duration;
  /**
   * For so long after a change of the nodes a value that is missed at the node that owns its key now is copied from the node that
   * owned it before. Default 0: never.
   */
  warmUpFor?: Duration;
  /** Epoch milliseconds. Default `Date.now`. */
  now?: () => number;
  /** From 0 to below 1, for chance. Default `Math.random`. */
  random?: () => number;
}

/** What may differ from one node of a herd to another; what is left out is as for all. */
export type NodeLimits = Readonly<
  Partial<
    Pick<
      HerdOptions<never, object>,
      'ejectAfter' | 'firstContactMs' | 'probeMs' | 'maxProbeMs' | 'maxInFlight' | 'maxQueue'
    >
  >
>;

/** {@link HerdOptions} with each default filled in. */
export type ResolvedHerdOptions<Client, Commands extends object, NodeCommands extends object> = Readonly<
  Pick<HerdOptions<Client, Commands, NodeCommands>, 'bus'> &
    Required<
      Omit<HerdOptions<Client, Commands, NodeCommands>, 'bus' | 'refresh' | 'failoverTtl' | 'longestLife' | 'warmUpFor'>
    > & {
      refreshMs: number;
      failoverTtlMs: number;
      longestLifeMs: number;
      warmUpForMs: number;
    }
>;

const defaultOptions = Object.freeze({
  name: 'default',
  refresh: '30s',
  refreshJitter: 0.1,
  timeoutMs: 250,
  onNodeDown: 'miss',
  failoverTtl: '10s',
  ejectAfter: 3,
  maxEjectedFraction: 1,
  firstContactMs: 1000,
  probeMs: 100,
  maxProbeMs: 1000,
  maxInFlight: 512,
  maxQueue: 4096,
  discoveryTimeoutMs: 2000,
  drainTimeoutMs: 5000,
  perNode: (): NodeLimits => ({}),
  minFraction: 0.5,
  lateWritesMs: 5000,
  longestLife: '1d',
  warmUpFor: 0,
  now: Date.now,
  random: Math.random,
} as const);

const names = [
  ...Object.keys(defaultOptions),
  'discovery',
  'driver',
  'router',
  'bus',
] as readonly (keyof typeof defaultOptions)[];

/** The defaults of the waits between probes: a wait that is given alone is kept, and the other fits it. */
function probesBeside(given: Readonly<{ probeMs?: unknown; maxProbeMs?: unknown }>) {
  const { probeMs, maxProbeMs } = defaultOptions;
  return {
    probeMs: isWait(given.maxProbeMs) ? Math.min(probeMs, given.maxProbeMs) : probeMs,
    maxProbeMs: isWait(given.probeMs) ? Math.max(maxProbeMs, given.probeMs) : maxProbeMs,
  };
}

const isWait = (value: unknown): value is number => typeof value === 'number' && value > 0;

/** What memcached counts in seconds; a longer life is a moment to it. */
const longestFailoverMs = 30 * 24 * 60 * 60 * 1000;

/** The options that may differ per node. */
export const limitNames = ['ejectAfter', 'firstContactMs', 'probeMs', 'maxProbeMs', 'maxInFlight', 'maxQueue'] as const;

/** @throws HerdOptionError that reports every option that is unknown, missing or wrong. */
export function resolveHerdOptions<Client, Commands extends object, NodeCommands extends object>(
  given: HerdOptions<Client, Commands, NodeCommands>,
): ResolvedHerdOptions<Client, Commands, NodeCommands> {
  return checked((problems) => {
    const set = checkShape(problems, given, names);
    const { refresh, failoverTtl, longestLife, warmUpFor, ...options } = {
      ...defaultOptions,
      ...probesBeside(set),
      router: rendezvous(),
      ...set,
    };
    checkParts(problems, options);
    checkLimits(problems, options);
    for (const name of ['timeoutMs', 'discoveryTimeoutMs', 'drainTimeoutMs', 'lateWritesMs'] as const)
      checkMs(problems, name, options[name], `leave it out for ${defaultOptions[name]}`);
    for (const name of ['minFraction', 'maxEjectedFraction', 'refreshJitter'] as const)
      checkShare(problems, name, options[name], `leave it out for ${defaultOptions[name]}`);
    checkPolicy(problems, { onNodeDown: options.onNodeDown }, options.driver);
    const refreshMs = readDuration(problems, 'refresh', refresh);
    const failoverTtlMs = readDuration(problems, 'failoverTtl', failoverTtl, longestFailoverMs);
    const { leastTtlMs = 0 } = options.driver ?? {};
    const isKept = failoverTtlMs === 0 || failoverTtlMs >= leastTtlMs;
    problems.check(isKept, 'failoverTtl', failoverTtl, `must be ${leastTtlMs} ms or more with this driver`);
    const longestLifeMs = readDuration(problems, 'longestLife', longestLife, Infinity);
    const warmUpForMs = warmUpFor === 0 ? 0 : readDuration(problems, 'warmUpFor', warmUpFor);
    const copies = warmUpForMs === 0 || options.driver?.copies !== undefined;
    problems.check(copies, 'warmUpFor', warmUpFor, 'must be left out: this driver cannot copy values');
    return Object.freeze({ ...options, refreshMs, failoverTtlMs, longestLifeMs, warmUpForMs });
  });
}

/** Checks the options of {@link limitNames}. @param path stands before their names. */
export function checkLimits(
  problems: OptionProblems,
  options: Readonly<Record<(typeof limitNames)[number], unknown>>,
  path = '',
): void {
  for (const name of ['ejectAfter', 'maxInFlight', 'maxQueue'] as const)
    checkWhole(problems, path + name, options[name], [1, Infinity], `leave it out for ${defaultOptions[name]}`);
  for (const name of ['firstContactMs', 'probeMs', 'maxProbeMs'] as const)
    checkMs(problems, path + name, options[name], `leave it out for ${defaultOptions[name]}`);
  const { probeMs, maxProbeMs } = options;
  if (isWait(probeMs) && isWait(maxProbeMs))
    problems.check(maxProbeMs >= probeMs, `${path}maxProbeMs`, maxProbeMs, `must be probeMs, ${probeMs}, or more`);
}

function checkParts(
  problems: OptionProblems,
  options: Readonly<Record<'name' | 'router' | 'now' | 'random' | 'perNode', unknown>> &
    Readonly<{ discovery?: unknown; driver?: unknown; bus?: unknown }>,
): void {
  const { name, discovery, driver, router, bus } = options;
  const isBus = bus === undefined || (hasMethod(bus, 'publish') && hasMethod(bus, 'subscribe'));
  problems.check(isBus, 'bus', bus, 'must be an invalidation bus; pass redisBus(client) or inProcessBus()');
  problems.check(typeof name === 'string' && name !== '', 'name', name, `must be a text; leave it out for 'default'`);
  const found = hasMethod(discovery, 'nodes');
  problems.check(found, 'discovery', discovery, `must be a discovery; pass staticNodes(['10.0.0.1:11211'])`);
  problems.check(hasMethod(driver, 'open'), 'driver', driver, 'must be a driver; pass memcached()');
  problems.check(hasMethod(router, 'build'), 'router', router, 'must be a router; pass rendezvous(), or leave it out');
  for (const part of ['now', 'random', 'perNode'] as const) {
    const value = options[part];
    problems.check(typeof value === 'function', part, value, 'must be a function; leave it out for the default');
  }
}
