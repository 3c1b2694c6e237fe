import { randomUUID } from 'node:crypto';

import type { LeaseCommands, LeaseToken } from '../contracts/lease-commands.js';
import { isOperationError } from '../support/operation-failure.js';
import type { CacheSource } from './cache-source.js';
import type { Entry } from './entry.js';

/**
 * The right to load a value. `own`: this process is to load. `other`: another is loading. `none`: the node cannot be reached, so
 * each loads alone.
 */
export interface Lease {
  readonly kind: 'own' | 'other' | 'none';

  /** Stores what was loaded, unless the key was changed meanwhile. @returns whether it is stored. */
  store(entry: Entry, lifeMs: number): Promise<boolean>;

  /** Lets another load. */
  end(): Promise<unknown>;
}

/** Where a value, and the lease of those that make it by {@link acquireLease}, are stored. */
export type LeasedKey = Readonly<{ stored: string; lease: string }>;

export const otherLease: Lease = Object.freeze({
  kind: 'other',
  store: () => Promise.resolve(false),
  end: () => Promise.resolve(),
});

/**
 * The right to load a value, held by one process at a time: a key that one `add` wins.
 *
 * @see Nishtala et al., "Scaling Memcache at Facebook" (NSDI 2013), leases.
 */
export async function acquireLease(source: CacheSource, key: LeasedKey, lifeMs: number): Promise<Lease> {
  const { strict, leastTtlMs } = source;
  const token = randomUUID();
  try {
    return (await strict.add(key.lease, token, { ttl: Math.max(leastTtlMs, lifeMs) }))
      ? addedLease(source, key, token)
      : otherLease;
  } catch (error) {
    if (isOperationError(error) && error.failure !== 'request') return noLease(source, key);
    throw error;
  }
}

/** Whoever deletes or sets the key ends the lease first: so a lease that is there before and after is not overtaken. */
function addedLease(source: CacheSource, { stored, lease }: LeasedKey, token: string): Lease {
  const { commands } = source;
  const held = async (): Promise<boolean> => (await commands.get(lease)) === token;
  return {
    kind: 'own',
    async store(entry, lifeMs) {
      if (!(await held())) return false;
      await writeEntry(source, stored, entry, lifeMs);
      if (await held()) return true;
      await commands.delete(stored);
      return false;
    },
    end: () => commands.delete(lease),
  };
}

const noLease = (source: CacheSource, { stored }: LeasedKey): Lease => ({
  kind: 'none',
  async store(entry, lifeMs) {
    await writeEntry(source, stored, entry, lifeMs);
    return true;
  },
  end: () => Promise.resolve(),
});

/** A lease that came with the read: the server itself refuses what was overtaken, so it costs no request of its own. */
export function grantedLease(commands: LeaseCommands, stored: string, token: LeaseToken): Lease {
  let isUsed = false;
  return {
    kind: 'own',
    store(entry, lifeMs) {
      isUsed = true;
      return commands.setLeased(stored, entry, token, { ttl: lifeMs === Infinity ? 'never' : lifeMs });
    },
    end: () => (isUsed ? Promise.resolve() : commands.releaseLease(stored, token)),
  };
}

export const writeEntry = ({ commands }: CacheSource, stored: string, entry: Entry, lifeMs: number): Promise<boolean> =>
  commands.set(stored, entry, { ttl: lifeMs === Infinity ? 'never' : lifeMs });
