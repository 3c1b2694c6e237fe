import type { Discovery } from '../contracts/discovery.js';
import type { OnNodeDown } from '../contracts/dispatch.js';
import type { Driver } from '../contracts/driver.js';
import { toMs } from '../contracts/duration.js';
import type { Duration } from '../contracts/duration.js';
import type { HerdPolicy } from '../contracts/herd.js';
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
  /** Deadline of an operation, its wait in the queue included. Default 250. */
  timeoutMs?: number;
  /** What becomes of an operation on a node that is down, late or overloaded. Default `miss`. */
  onNodeDown?: OnNodeDown;
  /** The longest life of what is written to a node that stands in, under `next`. Default `'10s'`. */
  failoverTtl?: Duration;
  /** Failures in a row after which a node is marked down. Default 3. */
  ejectAfter?: number;
  /**
   * Once more than this share of the nodes is down, those are used all the same: with so many, the fault is likely not
   * theirs (Envoy's panic threshold). Default 1: a node that is down is never used, and costs no operation its deadline.
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
  /** A discovery that finds less than this share of the nodes is not believed; 0 believes all. Default 0.5. */
  minFraction?: number;
  /** Epoch milliseconds. Default `Date.now`. */
  now?: () => number;
}

/** {@link HerdOptions} with each default filled in. */
export type ResolvedHerdOptions<Client, Commands extends object, NodeCommands extends object> = Readonly<
  Required<Omit<HerdOptions<Client, Commands, NodeCommands>, 'refresh' | 'failoverTtl'>> & { refreshMs: number; failoverTtlMs: number }
>;

const defaults = Object.freeze({
  name: 'default',
  refresh: '30s',
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
  minFraction: 0.5,
  now: Date.now,
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
  if (typeof given !== 'object' || given === null) throw new HerdOptionError('options', 'must be an object', given, 'pass { discovery, driver }');
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown !== undefined) throw new HerdOptionError(unknown, 'is unknown', unknown, `use one of ${[...known].join(', ')}`);
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as typeof given;
  const { refresh, failoverTtl, ...options } = { ...defaults, router: rendezvous(), ...set };
  checkParts(options);
  for (const name of counts) {
    if (!Number.isInteger(options[name]) || options[name] < 1) throw new HerdOptionError(name, 'must be a whole number of 1 or more', options[name], `leave it out for ${defaults[name]}`);
  }
  for (const name of times) checkMs(name, options[name]);
  for (const name of ['minFraction', 'maxEjectedFraction'] as const) {
    if (!(options[name] >= 0 && options[name] <= 1)) throw new HerdOptionError(name, 'must be from 0 to 1', options[name], `leave it out for ${defaults[name]}`);
  }
  checkPolicy(options);
  const refreshMs = toMs(refresh, 'refresh');
  checkMs('refresh', refreshMs);
  const failoverTtlMs = toMs(failoverTtl, 'failoverTtl');
  return Object.freeze({ ...options, refreshMs, failoverTtlMs });
}

/** @throws {@link HerdOptionError} */
export function checkPolicy({ onNodeDown, timeoutMs }: HerdPolicy): void {
  if (onNodeDown !== undefined && !['miss', 'error', 'next'].includes(onNodeDown)) throw new HerdOptionError('onNodeDown', 'is unknown', onNodeDown, `use 'miss', 'error' or 'next'`);
  if (timeoutMs !== undefined) checkMs('timeoutMs', timeoutMs);
}

function checkMs(name: string, value: number): void {
  if (Number.isFinite(value) && value > 0 && value <= longestMs) return;
  throw new HerdOptionError(name, `must be milliseconds from 1 to ${longestMs}`, value, 'leave it out for the default');
}

function checkParts(options: { name: unknown; discovery?: unknown; driver?: unknown; router: unknown; now: unknown }): void {
  const { name, discovery, driver, router, now } = options;
  if (typeof name !== 'string' || name === '') throw new HerdOptionError('name', 'must be a name', name, `leave it out for 'default'`);
  if (!hasMethod(discovery, 'nodes')) throw new HerdOptionError('discovery', 'must be a discovery', discovery, `pass staticNodes(['10.0.0.1:11211'])`);
  if (!hasMethod(driver, 'open')) throw new HerdOptionError('driver', 'must be a driver', driver, 'pass memcached()');
  if (!hasMethod(router, 'build')) throw new HerdOptionError('router', 'must be a router', router, 'pass rendezvous(), or leave it out');
  if (typeof now !== 'function') throw new HerdOptionError('now', 'must be a function', now, 'leave it out for Date.now');
}

const hasMethod = (part: unknown, method: string): boolean =>
  typeof part === 'object' && part !== null && typeof (part as Record<string, unknown>)[method] === 'function';
