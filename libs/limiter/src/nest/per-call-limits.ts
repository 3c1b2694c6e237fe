import type { MaybePromise } from '../contracts/maybe-promise.js';
import type { PolicyOptions } from '../contracts/policy.js';
import { isPromiseLike } from '../support/deadline.js';
import type { RateLimitContext } from './rate-limit-context.js';
import type { PolicyPerCall } from './rate-limit-options.js';

const PER_CALL = ['limit', 'per', 'burst'] as const;
/** Stand for functions where the rest is checked at start. */
const SAMPLES: Readonly<Record<string, unknown>> = { limit: 1, per: '1m', burst: 1 };

type Fields = Readonly<Record<string, unknown>>;

/** Whether a limit of `options` is a function of the call. */
export function isPerCall(options: unknown): options is PolicyPerCall {
  return limitsOf(options).some((limit) => PER_CALL.some((name) => typeof limit[name] === 'function'));
}

/** `options` with each function replaced by a value that is right, so that what stands beside them can be checked. */
export function sampled(options: PolicyPerCall): PolicyOptions {
  return mapLimits(options, (limit) => {
    const entries = Object.entries(limit).map(([name, value]) => [
      name,
      typeof value === 'function' ? SAMPLES[name] : value,
    ]);
    return Object.fromEntries(entries) as Fields;
  });
}

/** `options` as they are for this call: at once where no function gives a promise. */
export function settleFunctions(options: PolicyPerCall, context: RateLimitContext): MaybePromise<PolicyOptions> {
  const pending: PromiseLike<void>[] = [];
  const settled = mapLimits(options, (limit) => {
    const values: Record<string, unknown> = { ...limit };
    for (const name of PER_CALL) {
      const given = limit[name];
      if (typeof given !== 'function') continue;
      const value: unknown = (given as (context: RateLimitContext) => unknown)(context);
      if (isPromiseLike(value)) pending.push(value.then((found) => void (values[name] = found)));
      else values[name] = value;
    }
    return values;
  });
  return pending.length === 0 ? settled : Promise.all(pending).then(() => settled);
}

function limitsOf(options: unknown): readonly Fields[] {
  if (typeof options !== 'object' || options === null) return [];
  const { limits } = options as { limits?: unknown };
  const each: readonly unknown[] = Array.isArray(limits) ? limits : [options];
  return each.filter((limit) => typeof limit === 'object' && limit !== null) as Fields[];
}

/** The objects are kept, not copied, where `change` gives them back: a promise may fill them in later. */
function mapLimits(options: PolicyPerCall, change: (limit: Fields) => Fields): PolicyOptions {
  const { limits } = options as { limits?: readonly Fields[] };
  const changed: unknown = Array.isArray(limits) ? { ...options, limits: limits.map(change) } : change({ ...options });
  return changed as PolicyOptions;
}
