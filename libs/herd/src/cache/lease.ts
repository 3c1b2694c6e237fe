import { randomUUID } from 'node:crypto';

import { isOperationError } from '../support/operation-failure.js';
import type { CacheSource } from './cache-source.js';

/** `own`: this process is to load. `other`: another is loading. `none`: the node cannot be reached, so each loads alone. */
export type Lease = Readonly<{ kind: 'own'; token: string }> | Readonly<{ kind: 'other' | 'none' }>;

/**
 * The right to load a value, held by one process at a time: a key that one `add` wins.
 *
 * @see Nishtala et al., "Scaling Memcache at Facebook" (NSDI 2013), leases.
 */
export async function acquireLease({ strict, leastTtlMs }: CacheSource, key: string, lifeMs: number): Promise<Lease> {
  const token = randomUUID();
  try {
    return (await strict.add(key, token, { ttl: Math.max(leastTtlMs, lifeMs) }))
      ? { kind: 'own', token }
      : { kind: 'other' };
  } catch (error) {
    if (isOperationError(error) && error.failure !== 'request') return { kind: 'none' };
    throw error;
  }
}

/** Whether the lease is still this one: a `delete` removes it, as what was loaded before it may be out of date. */
export const stillHeld = async ({ commands }: CacheSource, key: string, token: string): Promise<boolean> =>
  (await commands.get(key)) === token;
