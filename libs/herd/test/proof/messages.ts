export const drivers = ['memcached', 'metaMemcached', 'redis', 'redisCluster', 'redisSentinel'] as const;
export const policies = ['miss', 'next', 'error'] as const;

/**
 * `none`: the commands of the herd. `memory`: a namespace with memory and a bus. `aside`: the same before a database, from which
 * `getOrSet` loads; a write goes to the database, and then deletes the key, or its tag.
 */
export const tiers = ['none', 'memory', 'aside'] as const;

type Place = Readonly<{ host: string; port: number }>;

/** What one node requires: `ca` is of its certificate, in PEM. */
export type Access = Readonly<{ ca?: string; username?: string; password?: string }>;

/** What the parent sends to a process. Each is answered by one report; `begin` and `end` by an empty one. */
export type Order =
  | Readonly<{ kind: 'begin'; setting: Setting }>
  | Readonly<{ kind: 'nodes'; addresses: readonly string[]; version: number }>
  | Readonly<{ kind: 'access'; access: Access }>
  | Readonly<{ kind: 'stop' }>
  | Readonly<{ kind: 'read' }>
  | Readonly<{ kind: 'end' }>;

/** One write: `completedAt` on the clock that all processes share, `outcome` as its caller saw it. */
export type Write = Readonly<{
  key: string;
  count: number;
  completedAt: number;
  outcome: 'done' | 'not done' | 'thrown';
}>;

/** One read: what was there, 0 for nothing. `own`: by the process that writes the key; then what it had written by then. */
export type Read = Readonly<{
  key: string;
  count: number;
  startedAt: number;
  own?: Readonly<{ done: number; tried: number }>;
}>;

/** What a process answers: what it did until it was stopped, or what it reads now. */
export type Report = Readonly<{ writes: readonly Write[]; reads: readonly Read[] }>;

/** How a process begins. */
export type Setting = Readonly<{
  driver: (typeof drivers)[number];
  policy: (typeof policies)[number];
  tier: (typeof tiers)[number];
  /** Redis servers, for the tiers with memory. */
  bus: Place | undefined;
  database: Place | undefined;
  memoryTtlMs: number;
  /** Of the nodes; of servers of the cluster, or of the sentinels. */
  addresses: readonly string[];
  /** What the first node requires. */
  access: Access;
  index: number;
  processes: number;
  keys: number;
  /** For at most so long a writer rests after each write. */
  restMs: number;
  lateWritesMs: number;
  failoverTtlMs: number;
}>;
