import type { Health } from '../contracts/pool.js';

export const well: Health = Object.freeze({ state: 'up', failures: 0 });

/** Marks the node down at once. `now` is epoch milliseconds. */
export const down = (reason: string, now: number): Health =>
  Object.freeze({ state: 'down', since: now, reason, probes: 0 });

/** The node is down after `ejectAfter` failures in a row; `count` is how many this one is worth. */
export function afterFailure(health: Health, reason: string, now: number, ejectAfter: number, count = 1): Health {
  if (health.state === 'down') return health;
  const failures = health.failures + count;
  return failures < ejectAfter ? Object.freeze({ state: 'up', failures }) : down(reason, now);
}

/** Success ends a row of failures. What was asked before the node went down, and comes late, does not bring it back. */
export const afterSuccess = (health: Health): Health => (health.state === 'up' && health.failures > 0 ? well : health);

/** A node that answers a probe is on trial: one failure before the first success, and it is down again. */
export const afterProbe = (health: Health, answered: boolean, ejectAfter: number): Health => {
  if (health.state === 'up') return health;
  return answered
    ? Object.freeze({ state: 'up', failures: ejectAfter - 1 })
    : Object.freeze({ ...health, probes: health.probes + 1 });
};

/** Each probe waits twice as long as the one before it, from `firstMs` up to `maxMs`. */
export const probeDelayMs = (probes: number, firstMs: number, maxMs: number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.min(probes, 30));
