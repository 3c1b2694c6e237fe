import { isNativeError } from 'node:util/types';
import { messageOf } from '../../errors/message-of.js';
import { afterDeadline } from '../../support/deadline.js';
import { CommandSlots } from './command-slots.js';
import { expirationTime } from './lifetime.js';
import type { MemcachedClient, MemcachedLifetime } from './memcached-client.js';
import { checkClientTimeout } from '../../support/client-timeout.js';

/** How the npm package `memcached` answers. */
export type MemcachedReply<T> = (error: unknown, result: T) => void;

/** The part of the npm package `memcached` 2 that is called. */
export interface MemcachedPackage {
  gets(key: string, reply: MemcachedReply<Record<string, unknown> | undefined>): void;
  add(key: string, value: unknown, lifetime: number, reply: MemcachedReply<boolean>): void;
  cas(key: string, value: unknown, cas: string, lifetime: number, reply: MemcachedReply<boolean>): void;
  del(key: string, reply: MemcachedReply<boolean>): void;
  /** Connections at most. */
  readonly poolSize?: number;
}

const DEFAULT_POOL_SIZE = 10;
const SILENCE_MS = 500;
/** Shorter than a NAT keeps a connection, and longer than a process is held up. */
const IDLE_MS = 60_000;

/**
 * Options for `new Memcached()` of the npm package `memcached` with which a dead or frozen server fails fast, is tried again at
 * once: with the package's own it would wait for five minutes after a failure. Its `end()` lets the process end.
 *
 * @param timeoutMs the limiter's `timeoutMs`
 */
export function memcachedPackageOptions(timeoutMs: number) {
  checkClientTimeout('memcachedPackageOptions', timeoutMs);
  // The package's own is for a dead connection: at timeoutMs it would break one whose answer a busy process has yet to read.
  return {
    timeout: Math.max(SILENCE_MS, 2 * timeoutMs),
    retries: 0,
    retry: 1,
    failures: 1e9,
    failuresTimeout: 1000,
    remove: false,
    // The package closes what was idle for so long also where the answer has arrived, and was not read yet: the callback is not called then.
    idle: Math.max(IDLE_MS, 2 * timeoutMs),
  };
}

/**
 * Makes a client of the npm package `memcached`, for one server and without a herd.
 *
 * @param timeoutMs after which a command rejects: the package alone would wait for a frozen server for ever
 * @example memcachedStorage(memcachedPackageClient(new Memcached('127.0.0.1:11211', memcachedPackageOptions(50)), 50))
 */
export function memcachedPackageClient(memcached: MemcachedPackage, timeoutMs: number): MemcachedClient {
  checkClientTimeout('memcachedPackageClient', timeoutMs);
  const slots = new CommandSlots(memcached.poolSize ?? DEFAULT_POOL_SIZE);
  const answer = <T>(command: (reply: MemcachedReply<T>) => void) => answerWithin(slots, timeoutMs, command);
  return {
    async gets(key) {
      const item = await answer<Record<string, unknown> | undefined>((reply) => memcached.gets(key, reply));
      return item === undefined ? undefined : { value: item[key], cas: item['cas'] as string };
    },
    add: (key, value, lifetime) => answer((reply) => memcached.add(key, value, expiryOf(lifetime), reply)),
    async cas(key, value, token, lifetime) {
      return (await answer((reply) => memcached.cas(key, value, token, expiryOf(lifetime), reply)))
        ? 'stored'
        : 'exists';
    },
    delete: (key) => answer((reply) => memcached.del(key, reply)),
  };
}

const expiryOf = ({ ttl }: MemcachedLifetime): number => expirationTime(Number.parseInt(ttl, 10), Date.now());

function answerWithin<T>(
  slots: CommandSlots,
  timeoutMs: number,
  command: (reply: MemcachedReply<T>) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let late = false;
    let release: (() => void) | undefined;
    const callOff = afterDeadline(timeoutMs, () => {
      late = true;
      // A frozen server may never answer: what waits behind is to get its own chance.
      release?.();
      reject(new Error(`no answer within ${timeoutMs} ms: timeout`));
    });
    slots.take((free) => {
      if (late) return free();
      release = free;
      command((error, result) => {
        free();
        callOff();
        // The package calls "not stored" an error.
        if (error && !(error as { notStored?: boolean }).notStored)
          reject(isNativeError(error) ? error : new Error(messageOf(error)));
        else resolve(result);
      });
    });
  });
}
