import type { MaybePromise } from '../contracts/maybe-promise.js';
import type { Policy, PolicyOptions } from '../contracts/policy.js';
import type { PolicySource } from '../contracts/policy-source.js';
import { PolicyTimeoutError, PolicyUnavailableError } from '../errors/policy-error.js';
import { TwoGenerationMap } from '../support/two-generation-map.js';
import type { PolicyMemo } from './policy-memo.js';

export interface PolicySourceOptions {
  readonly maxAgeMs: number;
  readonly timeoutMs: number;
  /** Of the options: they hold where the source has none, or has never answered. */
  readonly fallback: (name: string) => Policy | undefined;
  /** Milliseconds that never jump. */
  readonly nowMs: () => number;
  readonly failed: (error: unknown) => void;
  readonly answered: () => void;
}

/** The last answer about one policy, or that there was none yet. */
interface Known {
  readonly answer: Policy | 'absent' | undefined;
  readonly error: unknown;
  /** When the source is called again. */
  readonly staleAt: number;
}

const MAX_POLICIES = 10_000;
/** A source that failed is not called again by every request. */
const RETRY_MS = 1000;

/** The policies of a source: each is loaded once at a time, and the last good answer is served while it is loaded anew. */
export class PolicySourceCache {
  readonly #known = new TwoGenerationMap<string, Known>(MAX_POLICIES);
  readonly #loading = new Map<string, Promise<Known>>();

  constructor(
    private readonly source: PolicySource,
    private readonly memo: PolicyMemo,
    private readonly options: PolicySourceOptions,
  ) {}

  /**
   * Waits for the source only where there was no answer about the policy yet.
   *
   * @returns `undefined` where neither the source nor the options have it
   * @throws {@link PolicyUnavailableError}
   */
  get(name: string): MaybePromise<Policy | undefined> {
    const known = this.#known.get(name);
    const stale = known === undefined || known.staleAt <= this.options.nowMs();
    if (known !== undefined) {
      if (stale) void this.#load(name);
      return this.#policyOf(name, known);
    }
    return this.#load(name).then((loaded) => this.#policyOf(name, loaded));
  }

  /** @returns when the source has kept it, where it can */
  async set(name: string, options: PolicyOptions, policy: Policy): Promise<void> {
    const pinned = this.source.save === undefined;
    const staleAt = pinned ? Infinity : this.options.nowMs() + this.options.maxAgeMs;
    // An answer that is under way may be from before.
    this.#loading.delete(name);
    this.#known.set(name, { answer: policy, error: undefined, staleAt });
    await this.source.save?.(name, options);
  }

  #policyOf(name: string, { answer, error }: Known): Policy | undefined {
    if (answer !== undefined && answer !== 'absent') return answer;
    const fallback = this.options.fallback(name);
    if (fallback === undefined && answer === undefined) throw new PolicyUnavailableError(name, error);
    return fallback;
  }

  #load(name: string): Promise<Known> {
    let loading = this.#loading.get(name);
    if (loading === undefined) {
      loading = this.#loadNow(name).then((known) => {
        // Not where it was set meanwhile.
        if (this.#loading.get(name) !== loading) return this.#known.get(name) ?? known;
        this.#loading.delete(name);
        this.#known.set(name, known);
        return known;
      });
      this.#loading.set(name, loading);
    }
    return loading;
  }

  async #loadNow(name: string): Promise<Known> {
    const { nowMs, maxAgeMs, answered, failed } = this.options;
    try {
      const options = await this.#inTime(name);
      const answer =
        options === undefined ? 'absent' : this.memo.resolve(name, options, `policy '${name}' of the source`);
      answered();
      return { answer, error: undefined, staleAt: nowMs() + maxAgeMs };
    } catch (error) {
      failed(error);
      const answer = this.#known.get(name)?.answer;
      return { answer, error, staleAt: nowMs() + Math.min(RETRY_MS, maxAgeMs) };
    }
  }

  async #inTime(name: string): Promise<PolicyOptions | undefined> {
    const { timeoutMs } = this.options;
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new PolicyTimeoutError(timeoutMs)), timeoutMs);
    });
    try {
      return await Promise.race([this.source.load(name, abort.signal), late]);
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
  }
}
