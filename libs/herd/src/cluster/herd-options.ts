import type { Discovery } from '../contracts/discovery.js';
import type { OnNodeDown } from '../contracts/dispatch.js';
import type { Driver } from '../contracts/driver.js';
import { toMs } from '../support/duration.js';
import type { Duration } from '../contracts/duration.js';
import type { HerdPolicy } from '../contracts/herd.js';
import type { Node } from '../contracts/node.js';
import type { Router } from '../contracts/router.js';
import { HerdOptionError } from '../errors/option-error.js';
import { rendezvous } from '../router/rendezvous.js';

/** How a herd finds its nodes, speaks to them, and bears their failures. */
export interface HerdOptions<Client, Commands extends object, NodeCommands extends object = Commands> {
  /** Which herd this is, where an application has several. Default `default`. */
  name?: string;
  discovery: Discovery;
  driver: Driver<Client, Commands, NodeCommands>;
  /** Default `rendezvous()`. */
  router?: Router;
  /** How often discovery is asked and idle nodes are checked. Default `'30s'`. */
  refresh?: Duration;
  /** The share by which each wait is shorter or longer, by chance, so that processes that start together do not ask at once. Default 0.1. */
  refreshJitter?: number;
  /** Deadline of an operation, its wait in the queue included. Default 250. */
  timeoutMs?: number;
  /** What becomes of an operation on a node that is down, late or overloaded. Default `miss`. */
  onNodeDown?: OnNodeDown;
  /** The longest life of what is written to a node that stands in, under `next`. Default `'10s'`. */
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
  /** Wait before the first probe of a node that is down; it doubles up to `maxProbeMs`. Default 100. */
  probeMs?: number;
  /** Default 1000. */
  maxProbeMs?: number;
  /** Operations in flight to one node. Default 512. */
  maxInFlight?: number;
  /** Operations that may wait for one node. Default 4096. */
  maxQueue?: number;
  /** Deadline of one question to discovery. Default 2000. */
  discoveryTimeoutMs?: number;
  /** How long a removed node, and the herd when it closes, may finish what is in flight. Default 5000. */
  drainTimeoutMs?: number;
  /** Limits of single nodes, where they differ: a larger server may take more at once. Asked when a node joins. */
  perNode?: (node: Node) => NodeLimits;
  /** A discovery that finds less than this share of the nodes is not believed; 0 believes all. Default 0.5. */
  minFraction?: number;
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
  Required<Omit<HerdOptions<Client, Commands, NodeCommands>, 'refresh' | 'failoverTtl'>> & {
    refreshMs: number;
    failoverTtlMs: number;
  }
>;

const defaults = Object.freeze({
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
  now: Date.now,
  random: Math.random,
} as const);

const known = new Set([...Object.keys(defaults), 'discovery', 'driver', 'router']);
const counts = ['ejectAfter', 'maxInFlight', 'maxQueue'] as const;
const times = ['timeoutMs', 'firstContactMs', 'probeMs', 'maxProbeMs', 'discoveryTimeoutMs', 'drainTimeoutMs'] as const;

/** The longest wait that a timer of Node.js keeps. */
const longestMs = 2 ** 31 - 1;

/** @throws {@link HerdOptionError} for the first option that is unknown, missing or wrong. */
export function resolveHerdOptions<Client, Commands extends object, NodeCommands extends object>(
  given: HerdOptions<Client, Commands, NodeCommands>,
): ResolvedHerdOptions<Client, Commands, NodeCommands> {
  if (typeof given !== 'object' || given === null)
    throw new HerdOptionError('options', 'must be an object', given, 'pass { discovery, driver }');
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new HerdOptionError(unknown, 'is unknown', unknown, `use one of ${[...known].join(', ')}`);
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as typeof given;
  const { refresh, failoverTtl, ...options } = { ...defaults, router: rendezvous(), ...set };
  checkParts(options);
  checkLimits(options);
  for (const name of ['minFraction', 'maxEjectedFraction', 'refreshJitter'] as const) {
    if (!(options[name] >= 0 && options[name] <= 1))
      throw new HerdOptionError(name, 'must be from 0 to 1', options[name], `leave it out for ${defaults[name]}`);
  }
  checkPolicy(options);
  const refreshMs = toMs(refresh, 'refresh');
  checkMs('refresh', refreshMs);
  const failoverTtlMs = toMs(failoverTtl, 'failoverTtl');
  return Object.freeze({ ...options, refreshMs, failoverTtlMs });
}

/** @throws {@link HerdOptionError} */
export function checkPolicy({ onNodeDown, timeoutMs }: HerdPolicy): void {
  if (onNodeDown !== undefined && !['miss', 'error', 'next'].includes(onNodeDown))
    throw new HerdOptionError('onNodeDown', 'is unknown', onNodeDown, `use 'miss', 'error' or 'next'`);
  if (timeoutMs !== undefined) checkMs('timeoutMs', timeoutMs);
}

function checkLimits(options: Readonly<Record<(typeof counts)[number] | (typeof times)[number], number>>): void {
  for (const name of counts) {
    if (!Number.isInteger(options[name]) || options[name] < 1)
      throw new HerdOptionError(
        name,
        'must be a whole number of 1 or more',
        options[name],
        `leave it out for ${defaults[name]}`,
      );
  }
  for (const name of times) checkMs(name, options[name]);
}

const limits = ['ejectAfter', 'firstContactMs', 'probeMs', 'maxProbeMs', 'maxInFlight', 'maxQueue'] as const;

/** @returns `options` with what `perNode` says of `node`. @throws {@link HerdOptionError} for what it must not say. */
export function limitsOf<
  Options extends Pick<
    ResolvedHerdOptions<never, object, object>,
    (typeof counts)[number] | (typeof times)[number] | 'perNode'
  >,
>(options: Options, node: Node): Options {
  const given: unknown = options.perNode(node);
  if (typeof given !== 'object' || given === null)
    throw new HerdOptionError('perNode', 'must give an object', given, 'give {} where a node is like the others');
  const unknown = Object.keys(given).find((name) => !(limits as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new HerdOptionError(`perNode: ${unknown}`, 'is unknown', unknown, `use one of ${limits.join(', ')}`);
  const merged = {
    ...options,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
  checkLimits(merged);
  return merged;
}

function checkMs(name: string, value: number): void {
  if (Number.isFinite(value) && value > 0 && value <= longestMs) return;
  throw new HerdOptionError(name, `must be milliseconds from 1 to ${longestMs}`, value, 'leave it out for the default');
}

function checkParts(options: {
  name: unknown;
  discovery?: unknown;
  driver?: unknown;
  router: unknown;
  now: unknown;
  random: unknown;
  perNode: unknown;
}): void {
  const { name, discovery, driver, router } = options;
  if (typeof name !== 'string' || name === '')
    throw new HerdOptionError('name', 'must be a name', name, `leave it out for 'default'`);
  if (!hasMethod(discovery, 'nodes'))
    throw new HerdOptionError('discovery', 'must be a discovery', discovery, `pass staticNodes(['10.0.0.1:11211'])`);
  if (!hasMethod(driver, 'open')) throw new HerdOptionError('driver', 'must be a driver', driver, 'pass memcached()');
  if (!hasMethod(router, 'build'))
    throw new HerdOptionError('router', 'must be a router', router, 'pass rendezvous(), or leave it out');
  for (const name of ['now', 'random', 'perNode'] as const) {
    if (typeof options[name] !== 'function')
      throw new HerdOptionError(name, 'must be a function', options[name], 'leave it out for the default');
  }
}

const hasMethod = (part: unknown, method: string): boolean =>
  typeof part === 'object' && part !== null && typeof (part as Record<string, unknown>)[method] === 'function';
