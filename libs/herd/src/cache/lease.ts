import { randomUUID } from 'node:crypto';

import type { CasToken } from '../contracts/key-value-commands.js';
import type { LeaseCommands, LeaseToken } from '../contracts/lease-commands.js';
import { isOperationError } from '../support/operation-failure.js';
import type { CacheSource } from './cache-source.js';
import type { Entry, Unleased } from './entry.js';

/**
 * The right to load a value. `own`: this process is to load. `other`: another is loading. `none`: the node cannot be reached, so
 * each loads alone.
 */
export interface Lease {
  readonly kind: 'own' | 'other' | 'none';

  /** Of what was there when the lease was had, which another process may have made since this one looked. */
  readonly renews?: true;

  /** Stores what was loaded, unless the key was changed meanwhile. @returns whether it is stored. */
  store(entry: Entry, lifeMs: number): Promise<boolean>;

  /** Load has found that there is no value: what is there is gone, unless the key was changed meanwhile. @returns whether it is. */
  drop(): Promise<boolean>;

  /** Lets another load. */
  end(): Promise<unknown>;
}

/** Where a value is stored, and where the lease of who makes a value anew that is still there. */
export type LeasedKey = Readonly<{ stored: string; lease: string }>;

/** Stands where a value is missing that somebody makes; `null`: no value was made, and the next caller may make it. */
type Placeholder = Readonly<{ rookeryLease: string | null }>;

/** How long a place that was given back is kept for the next, at least the shortest life of the servers. */
const givenBackMs = 1000;

const no = (): Promise<boolean> => Promise.resolve(false);

export const otherLease: Lease = Object.freeze({
  kind: 'other',
  store: no,
  drop: no,
  end: () => Promise.resolve(),
});

/**
 * The right to load a value, held by one process at a time. What is missing is held by a placeholder that one `add` wins, what is
 * there by a key beside it. Either way the value is stored by `cas`, so that whatever is deleted or stored meanwhile wins.
 *
 * @param made how a value is marked that is stored without a lease.
 * @see Nishtala et al., "Scaling Memcache at Facebook" (NSDI 2013), leases.
 */
export async function acquireLease(
  source: CacheSource,
  key: LeasedKey,
  lifeMs: number,
  made: Unleased,
): Promise<Lease> {
  const ttl = Math.max(source.leastTtlMs, lifeMs);
  try {
    return (await reserve(source, key, ttl)) ?? (await renew(source, key, ttl));
  } catch (error) {
    if (isOperationError(error) && error.failure !== 'request') return noLease(source, key, made);
    throw error;
  }
}

/** @returns a lease of what is missing; `undefined` where there is something. */
async function reserve(source: CacheSource, { stored, lease }: LeasedKey, ttl: number): Promise<Lease | undefined> {
  const { strict } = source;
  const mark = randomUUID();
  const place: Placeholder = { rookeryLease: mark };
  if (!(await strict.add(stored, place, { ttl }))) {
    const found = await readable(source, stored);
    if (found === 'deleted') return reserve(source, { stored, lease }, ttl);
    // Reserved by the server itself, or gone since.
    if (!found) return otherLease;
    const holder = holderOf(found.value);
    if (holder === undefined) return undefined;
    if (holder !== null || (await strict.cas(stored, place, found.cas, { ttl })) !== 'stored') return otherLease;
  }
  const own = await strict.gets(stored);
  if (!own || holderOf(own.value) !== mark) return otherLease;
  return swapLease(source, stored, own.cas, () => giveBack(source, stored, own.cas));
}

/** Leaves a place without a value, for the next who loads. @returns whether nobody has changed it. */
const giveBack = async ({ strict, leastTtlMs }: CacheSource, stored: string, token: CasToken): Promise<boolean> => {
  const givenBack: Placeholder = { rookeryLease: null };
  return (await strict.cas(stored, givenBack, token, { ttl: Math.max(leastTtlMs, givenBackMs) })) === 'stored';
};

/** What cannot be decoded is no value: it is deleted. */
async function readable(
  { strict }: CacheSource,
  stored: string,
): Promise<Awaited<ReturnType<CacheSource['strict']['gets']>> | 'deleted'> {
  try {
    return await strict.gets(stored);
  } catch (error) {
    if (!isOperationError(error) || error.code !== 'HERD_UNREADABLE') throw error;
    await strict.delete(stored);
    return 'deleted';
  }
}

/** A lease of what is there, and stays until it is replaced. */
async function renew(source: CacheSource, { stored, lease }: LeasedKey, ttl: number): Promise<Lease> {
  const { strict, commands } = source;
  if (!(await strict.add(lease, randomUUID(), { ttl }))) return otherLease;
  const found = await strict.gets(stored);
  if (found && holderOf(found.value) === undefined)
    return {
      ...swapLease(source, stored, found.cas),
      renews: true,
      drop: () => giveBack(source, stored, found.cas),
      end: () => commands.delete(lease),
    };
  await commands.delete(lease);
  return otherLease;
}

/** @returns who holds the place; `undefined` for what is no placeholder. */
function holderOf(value: unknown): string | null | undefined {
  return typeof value === 'object' && value !== null ? (value as Partial<Placeholder>).rookeryLease : undefined;
}

/** @param unused called in the end where nothing was stored. */
function swapLease(
  { strict: commands, ttlOf }: CacheSource,
  stored: string,
  token: CasToken,
  unused: () => Promise<unknown> = no,
): Lease {
  let isUsed = false;
  return {
    kind: 'own',
    async store(entry, lifeMs) {
      isUsed = true;
      return (await commands.cas(stored, entry, token, { ttl: ttlOf(lifeMs) })) === 'stored';
    },
    drop: no,
    end: () => (isUsed ? Promise.resolve() : unused()),
  };
}

/**
 * Without a lease nobody can refuse what was overtaken: nothing is kept, unless other nodes stand in. There it is for a short
 * life, and marked, so that who has changed the key does not believe it.
 */
const noLease = (source: CacheSource, { stored }: LeasedKey, made: Unleased): Lease => ({
  kind: 'none',
  async store(entry, lifeMs) {
    const { standInLifeMs } = source;
    if (standInLifeMs === undefined) return false;
    return writeEntry(source, stored, { ...entry, unleased: made }, Math.min(lifeMs, standInLifeMs));
  },
  drop: no,
  end: () => Promise.resolve(),
});

/** A lease that came with the read: the server itself refuses what was overtaken, so it costs no request of its own. */
export function grantedLease(
  { ttlOf }: CacheSource,
  commands: LeaseCommands,
  stored: string,
  token: LeaseToken,
): Lease {
  let isUsed = false;
  return {
    kind: 'own',
    store(entry, lifeMs) {
      isUsed = true;
      return commands.setLeased(stored, entry, token, { ttl: ttlOf(lifeMs) });
    },
    drop: no,
    end: () => (isUsed ? Promise.resolve() : commands.releaseLease(stored, token)),
  };
}

export const writeEntry = (
  { commands, ttlOf }: CacheSource,
  stored: string,
  entry: Entry,
  lifeMs: number,
): Promise<boolean> => commands.set(stored, entry, { ttl: ttlOf(lifeMs) });
