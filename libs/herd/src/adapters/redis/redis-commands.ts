import type { KeyValueCommands, KeyValueNodeCommands } from '../../contracts/key-value-commands.js';

/**
 * The commands of a herd of Redis nodes. A life counts in milliseconds. A cas token is the hash of the value: `cas` stores
 * when the value is byte for byte the one that `gets` gave, also after a reconnection. Counters have 53 bits.
 */
export type RedisCommands = KeyValueCommands;

/** The commands of one node, besides. `flush` empties the database that the herd uses, `stats` is `INFO`. */
export type RedisNodeCommands = KeyValueNodeCommands;
