import type { Health } from '../contracts/pool.js';

/** Up, without a failure. */
export const healthy: Health = Object.freeze({ state: 'up', failures: 0 });

/** Ejects the node at once. `now` is epoch milliseconds. */
export const ejected = (reason: string, now: number): Health =>
  Object.freeze({ state: 'down', since: now, reason, probes: 0 });

/** The node is ejected after `ejectAfter` failures in a row; `count` is how many this one counts for. */
export function afterFailure(health: Health, reason: string, now: number, ejectAfter: number, count = 1): Health {
  if (health.state === 'down') return health;
  const failures = health.failures + count;
  return failures < ejectAfter ? Object.freeze({ ...health, failures }) : ejected(reason, now);
}

/** Success ends a row of failures. A late answer of a node that was ejected meanwhile does not bring it back. */
export const afterSuccess = (health: Health): Health => {
  if (health.state === 'down' || health.failures === 0) return health;
  return health.state === 'up' ? healthy : Object.freeze({ ...health, failures: 0 });
};

/** The node answers, but refuses what it is given, as it is out of memory: it is used, and not called up. */
export function afterRefusal(health: Health, reason: string, now: number): Health {
  if (health.state === 'down' || (health.state === 'refusing' && health.reason === reason)) return health;
  const since = health.state === 'refusing' ? health.since : now;
  return Object.freeze({ state: 'refusing', since, reason, failures: 0 });
}

/** Whether such an outcome of a command that writes shows that the node stored something. */
export const isStored = (outcome: unknown): boolean =>
  !(outcome instanceof Error) && ![false, undefined, 'exists', 'missing'].includes(outcome as undefined);

/** A node that answers a probe is half-open: one failure before the first success, and it is ejected again. */
export const afterProbe = (health: Health, failure: string | undefined, ejectAfter: number): Health => {
  if (health.state !== 'down') return health;
  return failure === undefined
    ? Object.freeze({ state: 'up', failures: ejectAfter - 1 })
    : Object.freeze({ ...health, reason: failure, probes: health.probes + 1 });
};

/** Each probe waits twice as long as the one before it, from `firstMs` up to `maxMs`. */
export const probeDelayMs = (probes: number, firstMs: number, maxMs: number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.min(probes, 30));
