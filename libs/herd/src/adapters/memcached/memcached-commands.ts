import type { KeyValueCommands, KeyValueNodeCommands } from '../../contracts/key-value-commands.js';

/**
 * The commands of a herd of memcached nodes. A cas token is bound to the node and connection that gave it: after either
 * changed, `cas` answers `exists`. Counters wrap at 2^64.
 */
export type MemcachedCommands = KeyValueCommands;

/** The commands of one node, besides. `flush` deletes the values of all who use the node. */
export type MemcachedNodeCommands = KeyValueNodeCommands;
