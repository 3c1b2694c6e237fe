/**
 * Whose fault a failure is. `node` counts against the node; `refusal`, that it refuses this client or all writes (a replica, a
 * wrong password), ejects it at once; `overload`, that it is out of memory, shows it as refusing; `request` is the caller's.
 */
export type Failure = 'node' | 'refusal' | 'request' | 'overload';
