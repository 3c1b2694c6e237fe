import type { Socket } from 'node:net';

import Memcached from 'memcached';

/** A command of npm `memcached` on its way: written as one text, answered through `callback`. */
export type Query = {
  command: string;
  /** The verb and the key: nothing here reads them, but what instruments npm `memcached` names its spans by them. */
  readonly type: string;
  readonly key: string | undefined;
  callback: (error: Error | undefined, reply?: unknown) => void;
};

/** A socket as npm `memcached` uses it; `metaData` holds the queries that wait for their replies, oldest first. */
export type MemcachedSocket = Socket & { metaData: Query[] };

export type ConnectCallback = (error: Error | false | undefined, socket?: MemcachedSocket | false) => void;

/** The parts of npm `memcached` that its public types leave out. */
type Internals = {
  connect(server: string, callback: ConnectCallback): void;
  command(compile: () => Query, server: string): void;
  connectionIssue(error: unknown, socket: unknown): void;
};

/** npm `memcached` with its own methods, to be overridden. */
export const NpmMemcached = Memcached as unknown as new (server: string, options: Memcached.options) => Internals;
