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
  driver: 'memcached' | 'redis';
  policy: 'miss' | 'next' | 'error';
  addresses: readonly string[];
  index: number;
  processes: number;
  keys: number;
  lateWritesMs: number;
  failoverTtlMs: number;
}>;
