export const drivers = ['memcached', 'metaMemcached', 'redis'] as const;
export const policies = ['miss', 'next', 'error'] as const;

/**
 * `none`: the commands of the herd. `memory`: a namespace with memory and a bus. `aside`: the same before a database, from which
 * `getOrSet` loads; a write goes to the database, and then deletes the key, or its tag.
 */
export const tiers = ['none', 'memory', 'aside'] as const;

/** What the parent sends to a process. */
export type Order =
  | Readonly<{ kind: 'nodes'; addresses: readonly string[]; version: number }>
  | Readonly<{ kind: 'stop' }>
  | Readonly<{ kind: 'read' }>;

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

/** How a process begins, as its one argument. */
export type Setting = Readonly<{
  driver: (typeof drivers)[number];
  policy: (typeof policies)[number];
  tier: (typeof tiers)[number];
  /** Redis servers, for the tiers with memory. */
  bus: Readonly<{ host: string; port: number }> | undefined;
  database: Readonly<{ host: string; port: number }> | undefined;
  memoryTtlMs: number;
  addresses: readonly string[];
  index: number;
  processes: number;
  keys: number;
  lateWritesMs: number;
  failoverTtlMs: number;
}>;
