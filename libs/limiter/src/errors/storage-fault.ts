import { messageOf } from './message-of.js';

/**
 * Why a storage gave no answer:
 * - `unreachable`: no connection, or it broke
 * - `timeout`: the client's own deadline passed
 * - `loading`: the server reads its data from disk (Redis `LOADING`)
 * - `readonly`: the server is a replica, as after a failover (Redis `READONLY`)
 * - `moved`: the key's slot is on another node, or on none: the client is not made for a cluster (Redis `MOVED`, `ASK`, `CLUSTERDOWN`)
 * - `memory`: the server is full, and evicts nothing (Redis `OOM`)
 * - `contention`: others changed the bucket at every attempt, until `timeoutMs` was spent
 * - `overload`: too many requests wait already
 * - `malformed`: what is stored, or was answered, is no bucket
 * - `unknown`: anything else; see `cause`
 */
export type StorageFaultKind =
  | 'unreachable'
  | 'timeout'
  | 'loading'
  | 'readonly'
  | 'moved'
  | 'memory'
  | 'contention'
  | 'overload'
  | 'malformed'
  | 'unknown';

const REMEDY: Readonly<Record<StorageFaultKind, string>> = {
  unreachable: 'the server cannot be reached',
  timeout: 'the server did not answer in time',
  loading: 'the server is still loading its data',
  readonly: 'the server is a read-only replica: connect to the primary',
  moved: 'the key belongs to another node: pass a cluster client',
  memory: 'the server is out of memory: raise maxmemory, or let it evict',
  contention: 'the bucket changed at every attempt: raise timeoutMs, or coalesce',
  overload: 'too many requests wait for an answer',
  malformed: 'what is stored or answered is no bucket: give the limiter a prefix of its own',
  unknown: 'the server answered with an error',
};

/** A storage failed, or gave up, before it could decide. The `cause` of a `StorageUnavailableError`. */
export class StorageFaultError extends Error {
  constructor(
    readonly storage: string,
    readonly fault: StorageFaultKind,
    options?: ErrorOptions,
  ) {
    const detail = options?.cause === undefined ? '' : ` (${messageOf(options.cause)})`;
    super(`${storage}: ${REMEDY[fault]}${detail}`, options);
    this.name = 'StorageFaultError';
  }
}
