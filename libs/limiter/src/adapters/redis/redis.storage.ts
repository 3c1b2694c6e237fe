import { channel } from 'node:diagnostics_channel';
import { limiterChannels, type ClockSkewMessage } from '../../contracts/diagnostics.js';
import type {
  AnswerListener,
  AppliedCost,
  ApplyRequest,
  BucketReading,
  BucketRequest,
  LimiterStorage,
  StorageCapabilities,
} from '../../contracts/limiter-storage.js';
import { isOneRate } from '../../algorithm/one-rate.js';
import { isWhole } from '../../support/is-whole.js';
import { resolveOptions } from '../../support/resolve-options.js';
import { StorageFaultError } from '../../errors/storage-fault.js';
import { promised } from '../../support/apply-to.js';
import { TurnBatch } from '../../support/turn-batch.js';
import { ApplyCall, type BucketAnswer, type CallRequest, type ScriptCall } from './apply-call.js';
import { APPLY_LUA, APPLY_SHA1 } from './apply.lua.js';
import { connectionErrorsOf, type ConnectionErrors } from './connection-errors.js';
import { fromNodeRedis, isNodeRedis, type NodeRedisClient } from './node-redis.js';
import { OneRateCall } from './one-rate-call.js';
import type { RedisClient } from './redis-client.js';
import { isNoScript, redisFault } from './redis-fault.js';

export interface RedisStorageOptions {
  /** Shown in messages and events. Default `'redis'`. */
  readonly name?: string;
  /**
   * Buckets that are decided in one call at most, of those called for in one turn of the event loop. 1 for a proxy that spreads
   * keys over servers; a `Cluster` of ioredis is recognized. Default 64.
   */
  readonly maxKeysPerCall?: number;
  /**
   * A bucket further in the future than this many milliseconds was written while the server's clock was wrong: it is healed, keeps
   * its level, and drains from now on. Default 1000.
   */
  readonly maxSkewMs?: number;
}

const REDIS_DEFAULTS: Readonly<Required<RedisStorageOptions>> = Object.freeze({
  name: 'redis',
  maxKeysPerCall: 64,
  maxSkewMs: 1000,
});
/** A script holds up every other client of the server. */
const MAX_KEYS_PER_CALL = 1000;
const MAX_SKEW_MS = 86_400_000;
const clockSkewChannel = channel(limiterChannels.clockSkew);

/**
 * Buckets in Redis 5 or later, or Valkey, alone or as a cluster: one script, one round trip, and the server's clock for all.
 *
 * Not exact across a failover: replication is asynchronous, so the last charges may be lost with the old primary.
 * `maxmemory` with an eviction policy may drop a bucket, and its burst passes again.
 *
 * @param client of ioredis or of node-redis; it stays yours to close. One of node-redis is reconnected where its server is demoted or frozen
 * @throws {@link LimiterOptionError}
 * @example
 * const redis = new Redis({ host, port, ...redisClientOptions(50) });
 * LimiterModule.forRoot({ storage: redisStorage(redis), timeoutMs: 50, policies: { api: { limit: 100, per: '1m' } } })
 */
export function redisStorage(client: RedisClient | NodeRedisClient, options: RedisStorageOptions = {}): LimiterStorage {
  const { name, maxKeysPerCall, maxSkewMs } = resolveOptions(
    'redisStorage',
    options,
    REDIS_DEFAULTS,
    ({ name, maxKeysPerCall, maxSkewMs }, problems) => {
      const usable = isIoredis(client) || isNodeRedis(client);
      problems.check(usable, 'redisStorage.client', client, 'must be a client or cluster of ioredis or of node-redis');
      problems.check(
        typeof name === 'string' && name !== '',
        'redisStorage.name',
        name,
        'must be a string that is not empty',
      );
      const count = `must be a whole number from 1 to ${MAX_KEYS_PER_CALL}`;
      problems.check(
        isWhole(maxKeysPerCall, 1, MAX_KEYS_PER_CALL),
        'redisStorage.maxKeysPerCall',
        maxKeysPerCall,
        count,
      );
      const skew = `must be whole milliseconds from 0 to ${MAX_SKEW_MS}`;
      problems.check(isWhole(maxSkewMs, 0, MAX_SKEW_MS), 'redisStorage.maxSkewMs', maxSkewMs, skew);
    },
  );
  return new RedisStorage(isIoredis(client) ? client : fromNodeRedis(client), name, maxKeysPerCall, maxSkewMs);
}

function isIoredis(client: unknown): client is RedisClient {
  const redis = client as Partial<RedisClient> | undefined | null;
  return (['evalsha', 'eval', 'del'] as const).every((command) => typeof redis?.[command] === 'function');
}

class RedisStorage implements LimiterStorage {
  readonly capabilities: StorageCapabilities;
  declare readonly applyAll?: LimiterStorage['applyAll'];
  readonly #batch: TurnBatch<CallRequest, readonly AppliedCost[]>;
  readonly #connectionErrors: ConnectionErrors;

  constructor(
    private readonly client: RedisClient,
    readonly name: string,
    maxKeysPerCall: number,
    private readonly maxSkewMs: number,
  ) {
    // In a cluster the keys of a script must share a slot: one each.
    const keysPerCall = client.isCluster === true ? 1 : maxKeysPerCall;
    this.#batch = new TurnBatch<CallRequest, readonly AppliedCost[]>(keysPerCall, (requests) =>
      this.#applyEach(requests),
    );
    const multiKeyAtomic = keysPerCall > 1;
    this.capabilities = { serverClock: true, multiKeyAtomic };
    this.#connectionErrors = connectionErrorsOf(client);
    if (multiKeyAtomic) this.applyAll = (requests) => this.#applyAll(requests);
  }

  apply(request: ApplyRequest): Promise<readonly AppliedCost[]> {
    return promised((listener) => this.applyTo(request, listener));
  }

  applyTo(request: ApplyRequest, listener: AnswerListener): void {
    this.#batch.add(request, listener);
  }

  async read({ key, limits }: BucketRequest): Promise<BucketReading> {
    const [answer] = await this.#call([{ key, limits, costs: [] }]);
    if (answer === undefined) throw new StorageFaultError(this.name, 'malformed');
    return answer.reading;
  }

  async delete({ key }: Pick<BucketRequest, 'key'>): Promise<void> {
    try {
      await this.client.del(key);
    } catch (error) {
      throw this.#fault(error);
    }
  }

  async #applyAll(requests: readonly ApplyRequest[]): Promise<readonly AppliedCost[]> {
    const single = requests.map((request) => ({ ...request, costs: request.costs.slice(0, 1) }));
    const answers = (await this.#call(single, true)) as readonly BucketAnswer[];
    const charged = answers.at(-1)?.outcomes[0]?.allowed === true;
    return answers.map(({ reading, outcomes: [outcome] }) =>
      charged ? outcome! : { allowed: outcome!.allowed, ...reading },
    );
  }

  /** A bucket that is none fails its own request alone. */
  async #applyEach(requests: readonly CallRequest[]): Promise<readonly (readonly AppliedCost[] | StorageFaultError)[]> {
    const answers = await this.#call(requests);
    return answers.map((answer) => answer?.outcomes ?? new StorageFaultError(this.name, 'malformed'));
  }

  #fault(error: unknown): StorageFaultError {
    return redisFault(this.name, error, this.#connectionErrors.last);
  }

  async #call(requests: readonly CallRequest[], together = false): Promise<readonly (BucketAnswer | undefined)[]> {
    const maxSkewMicros = this.maxSkewMs * 1000;
    const short = !together && requests.every(isOneRate);
    const call = short ? new OneRateCall(requests, maxSkewMicros) : new ApplyCall(requests, together, maxSkewMicros);
    const answers = call.decode(await this.#eval(call));
    if (answers === undefined) throw new StorageFaultError(this.name, 'malformed');
    if (clockSkewChannel.hasSubscribers)
      answers.forEach((answer, index) => this.#publishSkew(requests[index]!.key, answer?.aheadMicros ?? 0));
    return answers;
  }

  #publishSkew(key: string, aheadMicros: number): void {
    if (aheadMicros > 0)
      clockSkewChannel.publish({ storage: this.name, key, aheadMs: aheadMicros / 1000 } satisfies ClockSkewMessage);
  }

  async #eval({ keys, numbers }: ScriptCall): Promise<unknown> {
    try {
      return await this.client.evalsha(APPLY_SHA1, keys.length, ...keys, ...numbers);
    } catch (error) {
      if (!isNoScript(error)) throw this.#fault(error);
    }
    // A restarted server, or a new node of the cluster, has not seen the script yet; EVAL also teaches it.
    try {
      return await this.client.eval(APPLY_LUA, keys.length, ...keys, ...numbers);
    } catch (error) {
      throw this.#fault(error);
    }
  }
}
