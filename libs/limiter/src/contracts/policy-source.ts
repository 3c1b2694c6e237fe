import type { MaybePromise } from './maybe-promise.js';
import type { PolicyOptions } from './policy.js';

/**
 * Where policies come from that are not in the code: a database, a configuration service, a plan that was bought.
 *
 * What it answers is kept for `maxAgeMs`, and the last good answer for as long as it fails, hangs or answers something wrong.
 *
 * @example { load: async (name) => (await plans.findOne({ name }))?.limits }
 */
export interface PolicySource {
  /**
   * @param signal is aborted when the answer is waited for no longer
   * @returns `undefined` where it has none of that name: then the policy of the options holds
   */
  load(name: string, signal: AbortSignal): MaybePromise<PolicyOptions | undefined>;
  /** Keeps what `limiter.policies.set` changes, so that other processes load it. Without it a change stays in its process. */
  save?(name: string, policy: PolicyOptions): MaybePromise<void>;
}
