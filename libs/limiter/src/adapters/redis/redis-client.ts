import { demotion } from './demotion.js';
import { checkClientTimeout } from '../../support/client-timeout.js';

/** What the storage calls. `Redis` and `Cluster` of ioredis have it. */
export interface RedisClient {
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
  eval(script: string, numberOfKeys: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
  del(key: string): Promise<unknown>;
  /** True for a cluster, whose keys lie on several servers. */
  readonly isCluster?: boolean;
  /** Why there is no connection: the error of a command that fails for lack of one does not have it. */
  on?(event: 'error', listener: (error: unknown) => void): unknown;
  on?(event: 'ready', listener: () => void): unknown;
}

/** A connection without a reply for so long, though a request waits, is made anew. */
const SILENCE_MS = 500;

/**
 * Options for `new Redis()` of ioredis with which a server that is dead, frozen or demoted is left within a second: with the
 * defaults of ioredis a request hangs for over twelve seconds, and a connection to a former primary stays. Add your own address:
 * `new Redis({ host, port, ...redisClientOptions(50) })`.
 *
 * @param timeoutMs the limiter's `timeoutMs`, which is the deadline of a call: those here are longer, as they only clean up
 */
export function redisClientOptions(timeoutMs: number) {
  checkClientTimeout('redisClientOptions', timeoutMs);
  const silenceMs = Math.max(SILENCE_MS, 2 * timeoutMs);
  return {
    commandTimeout: silenceMs,
    socketTimeout: silenceMs,
    connectTimeout: Math.max(1000, timeoutMs),
    /** While there is no connection a request fails at once; one that is in flight when the connection breaks is not repeated. */
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt: number): number => Math.min(20 * attempt, 500),
    reconnectOnError: reconnectWhenDemoted(),
  } as const;
}

function reconnectWhenDemoted(): (error: Error) => boolean {
  const isDemoted = demotion();
  return ({ message }) => isDemoted(message);
}
