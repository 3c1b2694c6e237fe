import { resolvePolicy } from '../algorithm/policy.js';
import type { Policy, PolicyOptions } from '../contracts/policy.js';
import { TwoGenerationMap } from '../support/two-generation-map.js';

const REMEMBERED = 1000;

/** Checks policies that exist at run time alone. The same limits give the same object, which storages compare by. */
export class PolicyMemo {
  readonly #known = new TwoGenerationMap<string, Policy>(REMEMBERED);

  /** @throws {@link LimiterOptionError} */
  resolve(name: string, options: PolicyOptions, path?: string): Policy {
    const key = JSON.stringify([name, options]);
    let policy = this.#known.get(key);
    if (policy === undefined) this.#known.set(key, (policy = resolvePolicy(name, options, path)));
    return policy;
  }
}
