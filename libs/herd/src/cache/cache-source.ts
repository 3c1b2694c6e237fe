import type { CacheCommands } from '../contracts/cache.js';
import type { Codec } from '../contracts/codec.js';
import type { LeaseCommands } from '../contracts/lease-commands.js';
import type { Ttl } from '../contracts/ttl.js';
import { HerdOptionError } from '../errors/option-error.js';
import type { Coherence } from './coherence.js';

/**
 * What a cache works with. `strict` are the same commands under the policy `error`: a lease that another holds, and one that
 * cannot be had, are not the same. `leastTtlMs` is the shortest life that the servers can keep. `now` is epoch milliseconds,
 * `random` from 0 to 1.
 */
export type CacheSource = Readonly<{
  herd: string;
  /** How values look once they were stored. */
  codec: Codec;
  coherence: Coherence;
  commands: CacheCommands;
  strict: CacheCommands;
  /** The same commands without nodes that stand in: what a tag's own node cannot answer is missing. */
  owners: CacheCommands;
  /** The longest life of what is given to nodes that stand in; `undefined` where none do. */
  standInLifeMs: number | undefined;
  /** The leases of the servers, where they hand them out and it is of use now. */
  leases: () => LeaseCommands | undefined;
  /** The id of the node whose key it is, as keys are stored. */
  nodeFor: (stored: string) => string | undefined;
  /** Another once the nodes are others. */
  route: () => number;
  leastTtlMs: number;
  /** What a life is on the servers: without an end where they cannot keep it. An entry itself holds its end. */
  ttlOf: (lifeMs: number) => Ttl;
  now: () => number;
  random: () => number;
}>;

const needed = ['get', 'getMany', 'set', 'add', 'delete', 'gets', 'cas'] as const;

/** @throws {@link HerdOptionError} where the driver lacks a command that a cache needs. */
export function asCacheCommands(commands: object): CacheCommands {
  const missing = needed.find((name) => typeof (commands as Record<string, unknown>)[name] !== 'function');
  if (missing === undefined) return commands as CacheCommands;
  const requirement = `must have the command ${missing}, which a cache needs; use memcached() or redis()`;
  throw new HerdOptionError([{ option: 'driver', received: Object.keys(commands), requirement }]);
}

const leaseNames = ['getLeased', 'setLeased', 'releaseLease'] as const;

/** @returns `undefined` where the driver has no leases. */
export const asLeaseCommands = (commands: object): LeaseCommands | undefined =>
  leaseNames.every((name) => typeof (commands as Record<string, unknown>)[name] === 'function')
    ? (commands as LeaseCommands)
    : undefined;
