import { charge } from '../../algorithm/leaky-bucket.js';
import type { AppliedCost, ApplyRequest, BucketLimit, BucketRequest, LimiterStorage } from '../../contracts/limiter-storage.js';
import { OptionProblems } from '../../errors/option-error.js';
import { StorageFaultError } from '../../errors/storage-fault.js';
import { APPLY_LUA, APPLY_SHA1 } from './apply.lua.js';
import type { RedisClient } from './redis-client.js';
import { isNoScript, redisFault } from './redis-fault.js';

export interface RedisStorageOptions {
  /** Shown in messages and events. Default `'redis'`. */
  readonly name?: string;
}

/**
 * Buckets in Redis 5 or later, or Valkey, alone or as a cluster: one script, one round trip, and the server's clock for all.
 *
 * Not exact across a failover: replication is asynchronous, so the last charges may be lost with the old primary.
 * `maxmemory` with an eviction policy may drop a bucket, and its burst passes again.
 *
 * @param client of ioredis; it stays yours to close
 * @throws {@link LimiterOptionError}
 * @example
 * const redis = new Redis({ host, port, ...redisClientOptions(50) });
 * LimiterModule.forRoot({ storage: redisStorage(redis), timeoutMs: 50, policies: { api: { limit: 100, per: '1m' } } })
 */
export function redisStorage(client: RedisClient, options: RedisStorageOptions = {}): LimiterStorage {
  const { name = 'redis' } = options;
  const problems = new OptionProblems();
  const usable = (['evalsha', 'eval', 'del'] as const).every((command) => typeof client?.[command] === 'function');
  problems.check(usable, 'redisStorage client', client, 'must be a Redis or Cluster of ioredis');
  problems.check(typeof name === 'string' && name !== '', 'redisStorage name', name, 'must be a string that is not empty');
  problems.throwIfAny();
  return new RedisStorage(client, name);
}

class RedisStorage implements LimiterStorage {
  readonly capabilities = { serverClock: true, multiKeyAtomic: false };

  constructor(
    private readonly client: RedisClient,
    readonly name: string,
  ) {}

  async apply({ key, limits, costs }: ApplyRequest): Promise<readonly AppliedCost[]> {
    const reply = await this.#run(key, limits, costs);
    let levels = reply.slice(0, limits.length);
    return costs.map((cost, index) => {
      const allowed = reply[limits.length + index] === 1;
      if (allowed) levels = levels.map((level, each) => charge(limits[each]!, level, cost));
      return { allowed, levels };
    });
  }

  read({ key, limits }: BucketRequest): Promise<readonly number[]> {
    return this.#run(key, limits, []);
  }

  async delete({ key }: Pick<BucketRequest, 'key'>): Promise<void> {
    try {
      await this.client.del(key);
    } catch (error) {
      throw redisFault(this.name, error);
    }
  }

  async #run(key: string, limits: readonly BucketLimit[], costs: readonly number[]): Promise<number[]> {
    const numbers = limits.flatMap((limit) => [limit.drainPerTick, limit.unitsPerToken, limit.capacity, limit.tickMicros]);
    const reply = await this.#eval(key, [limits.length, ...numbers, ...costs]);
    const answer = Array.isArray(reply) ? reply.map(Number) : [];
    if (answer.length !== limits.length + costs.length || !answer.every(Number.isSafeInteger)) throw new StorageFaultError(this.name, 'malformed');
    return answer;
  }

  async #eval(key: string, numbers: number[]): Promise<unknown> {
    try {
      return await this.client.evalsha(APPLY_SHA1, 1, key, ...numbers);
    } catch (error) {
      if (!isNoScript(error)) throw redisFault(this.name, error);
    }
    // A restarted server, or a new node of the cluster, has not seen the script yet; EVAL also teaches it.
    try {
      return await this.client.eval(APPLY_LUA, 1, key, ...numbers);
    } catch (error) {
      throw redisFault(this.name, error);
    }
  }
}
