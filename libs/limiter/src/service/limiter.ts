import { channel } from 'node:diagnostics_channel';
import { openDecision, previewDecision, rateDecision } from '../algorithm/decision.js';
import type { CombinedDecision, Decision } from '../contracts/decision.js';
import { limiterChannels, type PolicySourceStateMessage, type StorageStateMessage } from '../contracts/diagnostics.js';
import type { BucketReading } from '../contracts/limiter-storage.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import type { Policy, PolicyName } from '../contracts/policy.js';
import { LimiterCostError, LimiterKeyError, LimiterLeaseError } from '../errors/request-errors.js';
import type { MemoryStorage } from '../storage/memory.storage.js';
import { isPromiseLike } from '../support/deadline.js';
import { wallClockBeside } from '../support/wall-clock.js';
import { ACQUIRE_NAMES, Acquirer, type AcquireOptions } from './acquire.js';
import { BucketCharger } from './bucket-charger.js';
import { isPlainKey } from './bucket-key.js';
import { costOf, namedOptions, type ConsumeOptions } from './call-options.js';
import type { Charge } from './charge.js';
import { publishDecision } from './charge-call.js';
import {
  resolveLimiterOptions,
  type LimiterOptions,
  type ResolvedLimiterOptions,
  type StorageErrorPolicy,
} from './limiter-options.js';
import { PolicyBuckets } from './policy-buckets.js';
import type { CombinedReservation, Reservation } from './reservation.js';
import { LimiterPolicies } from './limiter-policies.js';
import { StorageGate } from './storage-gate.js';
import { StorageHealth } from './storage-health.js';
import { StorageReadiness } from './storage-readiness.js';
import { Waiters } from './waiters.js';

/** One policy, the key that it counts, and the cost. */
export type PolicyCharge = readonly [policy: PolicyName | Policy, key: string, options?: ConsumeOptions];

const policySourceStates = channel(limiterChannels.policySourceState);
const ONE_TOKEN: readonly number[] = Object.freeze([1]);

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
  readonly #memory: MemoryStorage | undefined;
  readonly #gate: StorageGate;
  readonly #charger: BucketCharger;
  readonly #acquirer: Acquirer;
  readonly #readiness: StorageReadiness;
  readonly #buckets = new WeakMap<Policy, PolicyBuckets>();
  /** The same policy comes again and again: a look into the map would cost as much as reading the clock. */
  #lastPolicy: Policy | undefined;
  #lastBuckets: PolicyBuckets | undefined;
  readonly #sourceHealth = new StorageHealth('policy source');
  /** What this limiter decides by; `set` changes it at run time. */
  readonly policies: LimiterPolicies;

  /** @throws {@link LimiterOptionError} naming every wrong option */
  constructor(options: LimiterOptions) {
    this.#options = resolveLimiterOptions(options);
    this.#memory = this.#options.memory;
    this.#gate = new StorageGate(this.#options);
    const { storage, clock, maxWaiters } = this.#options;
    this.#charger = new BucketCharger(storage, this.#gate);
    this.#acquirer = new Acquirer(storage, this.#gate, new Waiters(clock, maxWaiters));
    this.#readiness = new StorageReadiness(this.#options, this.#gate);
    this.#sourceHealth.watch((message) => policySourceStates.publish(message));
    const { policies, policySource: source, policyMaxAgeMs: maxAgeMs, policyTimeoutMs: timeoutMs } = this.#options;
    const nowMs = (): number => performance.now();
    const failed = (error: unknown): void => this.#sourceHealth.failed(error);
    const answered = (): void => this.#sourceHealth.answered();
    this.policies = new LimiterPolicies(
      policies,
      source && { source, options: { maxAgeMs, timeoutMs, nowMs, failed, answered } },
    );
  }

  get storageName(): string {
    return this.#options.storage.name;
  }

  get onStorageError(): StorageErrorPolicy {
    return this.#options.onStorageError;
  }

  /** How long what gives policies is waited for, in milliseconds. */
  get policyTimeoutMs(): number {
    return this.#options.policyTimeoutMs;
  }

  /** Of the options or set since; without a call to the `policySource`. @throws {@link UnknownPolicyError} */
  policy(name: PolicyName): Policy {
    return this.policies.own(name);
  }

  /**
   * Charges `cost` tokens when all of them fit, and none otherwise.
   *
   * @param policy a name of the options, or a policy made by `resolvePolicy`
   * @param key who is limited: any string, of any length
   * @throws {@link UnknownPolicyError}, {@link LimiterKeyError}, {@link LimiterCostError}
   * @throws {@link LimiterLeaseError} where the policy limits calls at once: {@link Limiter.reserve} returns what ends one
   * @throws {@link StorageUnavailableError} when the storage fails and `onStorageError` is `'closed'`
   */
  consume(policy: PolicyName | Policy, key: string, options?: ConsumeOptions): Promise<Decision> {
    // Not `async`: where the decision is there already, one promise is all that is made.
    try {
      const resolved = this.#resolve(policy);
      if (isPromiseLike(resolved))
        return Promise.resolve(resolved.then((loaded) => this.consume(loaded, key, options)));
      const cost = options === undefined ? 1 : costOf(options);
      this.#check(resolved, key, cost);
      const known = this.#consumeInMemory(resolved, key, cost);
      if (known !== undefined) return Promise.resolve(known);
      this.#refuseLeases(resolved);
      const decision = this.#charger.consume(this.#request(resolved, key, cost));
      return isPromiseLike(decision) ? (decision as Promise<Decision>) : Promise.resolve(decision);
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as it was thrown
      return Promise.reject(error);
    }
  }

  /** @internal {@link Limiter.consume} of a resolved policy: at once where the storage answers at once. */
  consumeNow(policy: Policy, key: string, cost: number): MaybePromise<Decision> {
    this.#check(policy, key, cost);
    return this.#consumeInMemory(policy, key, cost) ?? this.#charger.consume(this.#request(policy, key, cost));
  }

  /**
   * Charges several policies, all or none: a refusal by the tenant's leaves the address's as it was. Throws as
   * {@link Limiter.consume} does.
   *
   * One atomic step where the storage is `multiKeyAtomic`. Elsewhere they are charged in order, and what was charged before
   * a refusal is given back: for that moment others see it as used.
   *
   * @example await limiter.consumeAll([['api', ip], ['tenant', tenantId, { cost: 3 }]])
   */
  async consumeAll(charges: readonly PolicyCharge[]): Promise<CombinedDecision> {
    const policies = await this.#resolveAll(charges);
    for (const policy of policies) this.#refuseLeases(policy);
    const { allowed, reservations } = await this.reserveAll(
      charges.map(([, key, options], index) => [policies[index]!, key, options]),
    );
    return { allowed, decisions: reservations.map((reservation) => reservation.decision) };
  }

  /** {@link Limiter.consume}, to be made good by {@link Reservation.settle} when the true cost is known. */
  async reserve(policy: PolicyName | Policy, key: string, options?: ConsumeOptions): Promise<Reservation> {
    const { reservations } = await this.reserveAll([[policy, key, options]]);
    return reservations[0]!;
  }

  /** {@link Limiter.consumeAll}, each of them to be settled. */
  async reserveAll(charges: readonly PolicyCharge[]): Promise<CombinedReservation> {
    const resolved = await this.#resolveAll(charges);
    const checked = charges.map(([, key, options], index) => this.#charge(resolved[index]!, key, options));
    return this.#charger.reserve(checked, this.#options.timeoutMs);
  }

  /**
   * Books `cost` tokens in the future, in one step, and waits until they are there: for calls that you make, and that another
   * limits. Who came first goes first, in every process; meanwhile `consume` is refused.
   *
   * @returns refused at once where the place would come later than `maxWaitMs`; nothing is booked then
   * @throws {@link LimiterOptionError} where the policy has limits that nobody can wait for
   * @throws {@link LimiterWaitersError} where `maxWaiters` calls wait already
   * @throws the signal's reason when it aborts: the place is given back
   * @throws as {@link Limiter.consume} does
   * @example
   * const { allowed } = await limiter.acquire('partner', 'orders', { maxWaitMs: 10_000, signal });
   * if (allowed) await fetch(url, { signal });
   */
  async acquire(policy: PolicyName | Policy, key: string, options: AcquireOptions): Promise<Decision> {
    const { cost } = namedOptions(options, ACQUIRE_NAMES, 'must be an object such as { maxWaitMs: 1000 }');
    const charge = this.#chargeOf(await this.#resolve(policy), key, cost ?? 1);
    return this.#acquirer.acquire(charge, options);
  }

  /** What {@link Limiter.consume} would answer now; charges nothing. Throws as it does. */
  async peek(policy: PolicyName | Policy, key: string, options?: ConsumeOptions): Promise<Decision> {
    const { policy: resolved, request, cost } = this.#charge(await this.#resolve(policy), key, options);
    return this.#gate.run<BucketReading, Decision>({
      policy: resolved.name,
      send: () => this.#options.storage.read(request),
      decideLocally: (table, now) => table.read(request, now),
      result: (reading, source) => previewDecision(resolved, cost, reading, source),
      openResult: () => openDecision(resolved),
    });
  }

  /**
   * Forgets what `key` has used, for example after a login that succeeded.
   *
   * @throws {@link StorageUnavailableError} whenever the storage fails, as nothing can stand in for it
   */
  async delete(policy: PolicyName | Policy, key: string): Promise<void> {
    const { policy: resolved, request } = this.#charge(await this.#resolve(policy), key);
    this.#gate.local.delete(request);
    await this.#gate.runWithoutFallback(resolved.name, () => this.#options.storage.delete(request));
  }

  /**
   * Reads a bucket that nobody uses, for a health check.
   *
   * @throws {@link StorageUnavailableError} when it fails or is late
   */
  check(): Promise<void> {
    return this.#readiness.check();
  }

  /**
   * Waits until the storage answers: a process that has just started would else limit on its own, or refuse, until it is
   * connected. `LimiterModule` waits so at start.
   *
   * @throws {@link StorageUnavailableError} when it does not answer within `readyTimeoutMs`; the reason is its `cause`
   */
  ready(): Promise<void> {
    return this.#readiness.ready();
  }

  /**
   * Calls back when the storage begins to fail, with the reason, and when it is back: `LimiterModule` logs that.
   *
   * @returns a function that ends it
   */
  watchStorage(listener: (message: StorageStateMessage) => void): () => void {
    return this.#gate.health.watch(listener);
  }

  /** As {@link Limiter.watchStorage}, of the `policySource`. */
  watchPolicySource(listener: (message: PolicySourceStateMessage) => void): () => void {
    return this.#sourceHealth.watch(listener);
  }

  #resolve(policy: PolicyName | Policy): MaybePromise<Policy> {
    return typeof policy === 'object' ? policy : this.policies.get(policy);
  }

  /** Without a report of its end, the place of a call would be held until the lease ends. */
  #refuseLeases(policy: Policy): void {
    if (this.#bucketsOf(policy).isLeased) throw new LimiterLeaseError(policy.name);
  }

  async #resolveAll(charges: readonly PolicyCharge[]): Promise<readonly Policy[]> {
    const policies = charges.map(([policy]) => this.#resolve(policy));
    return policies.some(isPromiseLike) ? Promise.all(policies.map(async (policy) => policy)) : (policies as Policy[]);
  }

  #charge(policy: Policy, key: string, options?: ConsumeOptions): Charge {
    return this.#chargeOf(policy, key, options === undefined ? 1 : costOf(options));
  }

  /** The shortest way to a decision: nothing is made but the decision. */
  #consumeInMemory(policy: Policy, key: string, cost: number): Decision | undefined {
    const memory = this.#memory;
    if (memory === undefined) return undefined;
    const { rate, keysOf } = this.#bucketsOf(policy);
    if (rate === undefined || keysOf.scope === undefined || !isPlainKey(key)) return undefined;
    let level: number | undefined;
    try {
      level = memory.applyOne(keysOf.scope, key, policy.limits, cost);
    } catch {
      // A clock that throws: the other way throws too, and falls back.
    }
    if (level === undefined) return undefined;
    const allowed = level >= 0;
    const decision = rateDecision(policy, rate, cost, allowed ? level : -1 - level, allowed, 'storage');
    publishDecision(memory, cost, decision);
    return decision;
  }

  #check(policy: Policy, key: string, cost: number): void {
    if (typeof key !== 'string' || key === '') throw new LimiterKeyError(policy.name, key);
    if (!Number.isSafeInteger(cost) || cost < 1 || cost > policy.maxCost)
      throw new LimiterCostError(policy.name, cost, policy.maxCost);
  }

  #chargeOf(policy: Policy, key: string, cost: number): Charge {
    this.#check(policy, key, cost);
    return this.#request(policy, key, cost);
  }

  #request(policy: Policy, key: string, cost: number): Charge {
    const buckets = this.#bucketsOf(policy);
    const bucket = buckets.keysOf(key);
    const { timeoutMs } = this.#options;
    const request = {
      key: bucket.key,
      scope: bucket.scope,
      limits: buckets.limits,
      costs: cost === 1 ? ONE_TOKEN : [cost],
      timeoutMs,
      abandoned: false,
    };
    return { policy, cost, request };
  }

  #bucketsOf(policy: Policy): PolicyBuckets {
    if (policy === this.#lastPolicy) return this.#lastBuckets!;
    let buckets = this.#buckets.get(policy);
    if (buckets === undefined) {
      const { keysOf, clock } = this.#options;
      buckets = new PolicyBuckets(policy, keysOf(policy.name), wallClockBeside(clock));
      this.#buckets.set(policy, buckets);
    }
    this.#lastPolicy = policy;
    this.#lastBuckets = buckets;
    return buckets;
  }
}
