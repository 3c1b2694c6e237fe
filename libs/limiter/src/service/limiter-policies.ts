import type { MaybePromise } from '../contracts/maybe-promise.js';
import type { Policy, PolicyName, PolicyOptions } from '../contracts/policy.js';
import type { PolicySource } from '../contracts/policy-source.js';
import { UnknownPolicyError } from '../errors/request-errors.js';
import { isPromiseLike } from '../support/deadline.js';
import { nearestName } from '../support/nearest-name.js';
import { PolicyMemo } from './policy-memo.js';
import { PolicySourceCache, type PolicySourceOptions } from './policy-source-cache.js';

/** The policies of a limiter, which can change while it runs. */
export class LimiterPolicies {
  readonly #own: Map<string, Policy>;
  readonly #memo = new PolicyMemo();
  readonly #sourced: PolicySourceCache | undefined;
  /** The same name comes again and again, and a look into the map is a tenth of a decision in memory. */
  #lastName: string | undefined;
  #lastPolicy: Policy | undefined;

  /** @internal */
  constructor(
    own: ReadonlyMap<string, Policy>,
    source?: { readonly source: PolicySource; readonly options: Omit<PolicySourceOptions, 'fallback'> },
  ) {
    this.#own = new Map(own);
    const fallback = (name: string): Policy | undefined => this.#own.get(name);
    this.#sourced = source && new PolicySourceCache(source.source, this.#memo, { ...source.options, fallback });
  }

  /** Of the options, and those that were set. A source may have others. */
  get names(): string[] {
    return [...this.#own.keys()];
  }

  /** @internal Whether there may be names that the options lack. */
  get isOpen(): boolean {
    return this.#sourced !== undefined;
  }

  /**
   * @returns at once, but for the first time that a source is called for it
   * @throws {@link UnknownPolicyError}, {@link PolicyUnavailableError}
   */
  get(name: PolicyName): MaybePromise<Policy> {
    if (this.#sourced === undefined) return this.own(name);
    const policy = this.#sourced.get(name);
    return isPromiseLike(policy) ? policy.then((loaded) => this.#known(name, loaded)) : this.#known(name, policy);
  }

  /**
   * Changes a policy, or adds one, from the next decision of this process on; what its buckets hold is converted. With a
   * `policySource` that saves, other processes have it when they load the policy next, after `policyMaxAgeMs` at most.
   *
   * @returns when the source has saved it
   * @throws {@link LimiterOptionError} naming every wrong field; nothing changes then
   * @example await limiter.policies.set('api', { limit: 50, per: '1m' })
   */
  async set(name: string, options: PolicyOptions): Promise<void> {
    const policy = this.#memo.resolve(name, options);
    if (this.#sourced === undefined) {
      this.#own.set(name, policy);
      this.#lastName = undefined;
    } else await this.#sourced.set(name, options, policy);
  }

  /** @internal Of the options or set, without a call to the source. @throws {@link UnknownPolicyError} */
  own(name: string): Policy {
    if (name === this.#lastName && this.#lastPolicy !== undefined) return this.#lastPolicy;
    const policy = this.#known(name, this.#own.get(name));
    this.#lastName = name;
    return (this.#lastPolicy = policy);
  }

  #known(name: string, policy: Policy | undefined): Policy {
    if (policy !== undefined) return policy;
    const nearest = typeof name === 'string' ? nearestName(name, this.names) : undefined;
    throw new UnknownPolicyError(name, this.names, nearest);
  }
}
