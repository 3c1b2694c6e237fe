/** What the storage calls. `Redis` and `Cluster` of ioredis have it. */
export interface RedisClient {
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
  eval(script: string, numberOfKeys: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
  del(key: string): Promise<unknown>;
  /** True for a cluster, whose keys lie on several servers. */
  readonly isCluster?: boolean;
}

/**
 * Options for `new Redis()` of ioredis with which a dead or frozen server fails fast: with the defaults of ioredis such a
 * request hangs for over twelve seconds. Add your own address: `new Redis({ host, port, ...redisClientOptions(50) })`.
 *
 * @param timeoutMs the limiter's `timeoutMs`
 */
export function redisClientOptions(timeoutMs: number) {
  return {
    commandTimeout: timeoutMs,
    connectTimeout: Math.max(1000, timeoutMs),
    /** While there is no connection a request fails at once; one that is in flight when the connection breaks is not repeated. */
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt: number): number => Math.min(20 * attempt, 500),
  } as const;
}
