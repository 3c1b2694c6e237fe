import type { KeyValueCommands, KeyValueNodeCommands } from '../../../contracts/key-value-commands.js';
import type { LeaseCommands } from '../../../contracts/lease-commands.js';

/**
 * The commands of a herd of memcached nodes over the meta protocol. A cas token, and a lease, is bound to the node and
 * connection that gave it: after either changed, `cas` answers `exists`. Counters wrap at 2^64.
 */
export type MetaMemcachedCommands = KeyValueCommands & LeaseCommands;

/** The commands of one node, besides. `flush` deletes the values of all who use the node. */
export type MetaMemcachedNodeCommands = KeyValueNodeCommands & LeaseCommands;
