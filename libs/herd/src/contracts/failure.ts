/** Whose fault a failure is: only `node` counts against the node. */
export type Failure = 'node' | 'request' | 'overload';
