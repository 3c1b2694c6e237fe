import { channel } from 'node:diagnostics_channel';
import { BucketTable } from '../algorithm/bucket-table.js';
import { openDecision, previewDecision, toDecision } from '../algorithm/decision.js';
import type { Decision } from '../contracts/decision.js';
import { STORAGE_ERROR_CHANNEL, type StorageErrorMessage } from '../contracts/events.js';
import type { AppliedCost } from '../contracts/limiter-storage.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import type { Policy, PolicyName } from '../contracts/policy.js';
import { LimiterCostError, LimiterKeyError, UnknownPolicyError } from '../errors/request-errors.js';
import { StorageUnavailableError } from '../errors/storage-errors.js';
import { bucketKey } from './bucket-key.js';
import { isPromiseLike, withinDeadline } from './deadline.js';
import { resolveLimiterOptions, type LimiterOptions, type ResolvedLimiterOptions } from './limiter-options.js';

export interface ConsumeOptions {
  /** Tokens, a whole number from 1 to the policy's burst. Default 1. */
  readonly cost?: number;
}

const LOCAL_MAX_KEYS = 100_000;
const storageErrors = channel(STORAGE_ERROR_CHANNEL);

/**
 * Decides by named policies over one storage. Every call answers within `timeoutMs`, whatever the storage does.
 *
 * @example
 * const limiter = new Limiter({ storage: memoryStorage(), policies: { api: { limit: 100, per: '1m' } } });
 * const decision = await limiter.consume('api', userId, { cost: 3 });
 * if (!decision.allowed) await delay(decision.retryAfterMs);
 */
export class Limiter {
  readonly #options: ResolvedLimiterOptions;
  readonly #local = new BucketTable(LOCAL_MAX_KEYS);

  /** @throws {@link LimiterOptionError} naming every wrong option */
  constructor(options: LimiterOptions) {
    this.#options = resolveLimiterOptions(options);
  }

  /** @throws {@link UnknownPolicyError} */
  policy(name: PolicyName): Policy {
    const policy = this.#options.policies.get(name);
    if (policy === undefined) throw new UnknownPolicyError(name, [...this.#options.policies.keys()]);
    return policy;
  }

  /**
   * Asks for `cost` tokens and charges them when all of them fit.
   *
   * @param policy a name of the options, or a policy made by `resolvePolicy`
   * @param key who is limited: any string, of any length
   * @throws {@link UnknownPolicyError}, {@link LimiterKeyError}, {@link LimiterCostError}
   * @throws {@link StorageUnavailableError} when the storage fails and `onStorageError` is `'closed'`
   */
  async consume(policy: PolicyName | Policy, key: string, { cost = 1 }: ConsumeOptions = {}): Promise<Decision> {
    const { rule, request } = this.#request(policy, key, cost);
    const costs = [cost];
    return this.#decide<readonly AppliedCost[]>(rule, {
      ask: () => this.#options.storage.apply({ ...request, costs }),
      askLocal: (table, now) => table.apply(request.key, rule.limits, costs, now),
      toDecision: ([outcome], source) => toDecision(rule, cost, outcome!, source),
    });
  }

  /** What {@link Limiter.consume} would answer now; charges nothing. Throws as it does. */
  async peek(policy: PolicyName | Policy, key: string, { cost = 1 }: ConsumeOptions = {}): Promise<Decision> {
    const { rule, request } = this.#request(policy, key, cost);
    return this.#decide<readonly number[]>(rule, {
      ask: () => this.#options.storage.read(request),
      askLocal: (table, now) => table.read(request.key, rule.limits, now),
      toDecision: (levels, source) => previewDecision(rule, cost, levels, source),
    });
  }

  /**
   * Forgets what `key` has used, for example after a login that succeeded.
   *
   * @throws {@link StorageUnavailableError} whenever the storage fails, as nothing else could be told
   */
  async delete(policy: PolicyName | Policy, key: string): Promise<void> {
    const { rule, request } = this.#request(policy, key, 1);
    this.#local.delete(request.key);
    try {
      await this.#inTime(this.#options.storage.delete(request));
    } catch (error) {
      throw this.#failed(rule, error);
    }
  }

  #request(policy: PolicyName | Policy, key: string, cost: number) {
    const rule = typeof policy === 'object' ? policy : this.policy(policy);
    if (typeof key !== 'string' || key === '') throw new LimiterKeyError(rule.name, key);
    if (!Number.isSafeInteger(cost) || cost < 1 || cost > rule.maxCost) throw new LimiterCostError(rule.name, cost, rule.maxCost);
    const { prefix, timeoutMs } = this.#options;
    return { rule, request: { key: bucketKey(prefix, rule.name, key), limits: rule.limits, timeoutMs } };
  }

  async #decide<T>(rule: Policy, question: Question<T>): Promise<Decision> {
    try {
      const answer = question.ask();
      return question.toDecision(isPromiseLike(answer) ? await this.#inTime(answer) : answer, 'storage');
    } catch (error) {
      const failure = this.#failed(rule, error);
      switch (this.#options.onStorageError) {
        case 'closed':
          throw failure;
        case 'open':
          return openDecision(rule);
        case 'local':
          return question.toDecision(question.askLocal(this.#local, this.#options.clock()), 'local');
      }
    }
  }

  #inTime<T>(answer: MaybePromise<T>): MaybePromise<T> {
    return isPromiseLike(answer) ? withinDeadline(answer, this.#options.timeoutMs) : answer;
  }

  #failed(rule: Policy, error: unknown): StorageUnavailableError {
    const { storage, onStorageError } = this.#options;
    if (storageErrors.hasSubscribers) {
      storageErrors.publish({ storage: storage.name, policy: rule.name, onStorageError, error } satisfies StorageErrorMessage);
    }
    return new StorageUnavailableError(storage.name, error);
  }
}

/** One question to the storage, and the same question to the buckets of this process. */
interface Question<T> {
  ask(): MaybePromise<T>;
  askLocal(table: BucketTable, now: number): T;
  toDecision(answer: T, source: 'storage' | 'local'): Decision;
}
