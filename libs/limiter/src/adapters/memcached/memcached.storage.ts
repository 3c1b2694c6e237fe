import { randomBytes } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import { emptyAt, healed, type BucketState } from '../../algorithm/bucket-state.js';
import { applyRequest, readingAt } from '../../algorithm/leaky-bucket.js';
import { limiterChannels, type ClockSkewMessage, type ContentionMessage } from '../../contracts/diagnostics.js';
import type {
  AppliedCost,
  ApplyRequest,
  BucketReading,
  BucketRequest,
  LimiterStorage,
} from '../../contracts/limiter-storage.js';
import { StorageFaultError } from '../../errors/storage-fault.js';
import { decodeItem, encodeItem, type BucketItem } from './bucket-item.js';
import { lifetimeSeconds } from './lifetime.js';
import type { MemcachedCasToken, MemcachedClient } from './memcached-client.js';
import { memcachedFault } from './memcached-fault.js';
import { resolveMemcachedOptions, type MemcachedStorageOptions } from './memcached-options.js';

const MAX_BACKOFF_MS = 16;
const contentionChannel = channel(limiterChannels.contention);
const clockSkewChannel = channel(limiterChannels.clockSkew);

/**
 * Buckets in memcached, one item each, written by `add` and `cas` alone: never one token too many, whoever else writes.
 * Two round trips admit, one refuses. Requests that lose a race try again, with jitter, until `timeoutMs` is spent.
 *
 * Not exact across eviction, a restart or a flush of memcached: a lost bucket passes its burst again. As memcached has no
 * clock, clocks that are `d` apart over-admit at most what drains in `d`.
 *
 * @param client stays yours to close
 * @throws {@link LimiterOptionError}
 * @example memcachedStorage(herd.withPolicy({ onNodeDown: 'error' }))
 */
export function memcachedStorage(client: MemcachedClient, options: MemcachedStorageOptions = {}): LimiterStorage {
  return new MemcachedStorage(client, resolveMemcachedOptions(client, options));
}

/** What was read, with its place in time corrected. */
interface Found extends BucketItem {
  readonly cas: MemcachedCasToken;
  readonly healed: boolean;
}

class MemcachedStorage implements LimiterStorage {
  readonly name: string;
  readonly capabilities = { serverClock: false, multiKeyAtomic: false };
  /** The random part differs from every other writer's, the count from our own other writes. */
  readonly #writer = randomBytes(9).toString('base64url');
  #writes = 0;

  constructor(
    private readonly client: MemcachedClient,
    private readonly options: Required<MemcachedStorageOptions>,
  ) {
    this.name = options.name;
  }

  async apply(request: ApplyRequest): Promise<readonly AppliedCost[]> {
    const { key, timeoutMs } = request;
    const giveUpAt = performance.now() + timeoutMs;
    for (let attempt = 1; ; attempt++) {
      const now = this.options.clock();
      const found = await this.#load(key, now);
      const { outcomes, next } = applyRequest(found?.state, request, now);
      if (next !== undefined) {
        if (await this.#store(request, found, next, now)) return outcomes;
      } else {
        // A refusal writes nothing, unless the bucket would never drain as it is.
        if (found?.healed) await this.#store(request, found, found.state, now);
        return outcomes;
      }
      const pauseMs = attempt === 1 ? 0 : this.options.random() * Math.min(2 ** attempt, MAX_BACKOFF_MS);
      if (performance.now() + pauseMs >= giveUpAt) throw this.#contention(key, attempt);
      if (pauseMs > 0) await delay(pauseMs);
    }
  }

  async read({ key, limits }: BucketRequest): Promise<BucketReading> {
    const now = this.options.clock();
    return readingAt((await this.#load(key, now))?.state, limits, now);
  }

  async delete({ key }: Pick<BucketRequest, 'key'>): Promise<void> {
    await this.#classified(this.client.delete(key));
  }

  async #load(key: string, now: number): Promise<Found | undefined> {
    const reply = await this.#classified(this.client.gets(key));
    if (reply === undefined) return undefined;
    const item = decodeItem(reply.value);
    if (item === undefined) throw new StorageFaultError(this.name, 'malformed');
    const aheadMs = (item.state.updatedAt - now) / 1000;
    const isOfFuture = aheadMs > this.options.maxSkewMs;
    if (isOfFuture && clockSkewChannel.hasSubscribers)
      clockSkewChannel.publish({ storage: this.name, key, aheadMs } satisfies ClockSkewMessage);
    return { ...item, cas: reply.cas, healed: isOfFuture, state: isOfFuture ? healed(item.state, now) : item.state };
  }

  /** @returns whether it is surely stored; where not, it may be decided again: at worst the cost is charged twice */
  async #store({ key }: BucketRequest, found: Found | undefined, state: BucketState, now: number): Promise<boolean> {
    const nonce = `${this.#writer}-${(this.#writes++).toString(36)}`;
    const value = encodeItem({ state, nonce });
    const seconds = lifetimeSeconds(emptyAt(state) - now, this.options.maxSkewMs, now);
    const lifetime = { ttl: `${seconds}s` } as const;
    try {
      if (found === undefined) return await this.client.add(key, value, lifetime);
      return (await this.client.cas(key, value, found.cas, lifetime)) === 'stored';
    } catch {
      // The reply is lost. Our nonce shows that the request was not.
      return (await this.#load(key, now))?.nonce === nonce;
    }
  }

  async #classified<T>(reply: Promise<T>): Promise<T> {
    try {
      return await reply;
    } catch (error) {
      throw memcachedFault(this.name, error);
    }
  }

  #contention(key: string, attempts: number): StorageFaultError {
    if (contentionChannel.hasSubscribers)
      contentionChannel.publish({ storage: this.name, key, attempts } satisfies ContentionMessage);
    return new StorageFaultError(this.name, 'contention');
  }
}
