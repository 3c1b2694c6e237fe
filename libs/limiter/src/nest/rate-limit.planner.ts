import { Inject, Injectable } from '@nestjs/common';
import { POLICY_NAMES, resolvePolicy } from '../algorithm/policy.js';
import type { MaybePromise } from '../contracts/maybe-promise.js';
import type { Policy, PolicyOptions } from '../contracts/policy.js';
import { OptionProblems } from '../support/option-problems.js';
import { orNearest } from '../support/or-nearest.js';
import { pick } from '../support/pick.js';
import type { Limiter } from '../service/limiter.js';
import { chosenPolicy, perCallPolicy, type PolicyOf } from './call-policy.js';
import { CallHooks } from './call-hooks.js';
import type { ResolvedModuleOptions } from './module-options.js';
import { checkHooks, HOOK_NAMES, mergeHooks } from './rate-limit-hooks.js';
import { LIMITER_NAME, MODULE_LIMITER, RESOLVED_MODULE_OPTIONS } from './tokens.js';
import { levelsOf, type RateLimitDeclaration, type SkipDeclaration } from './rate-limit.metadata.js';
import { isPerCall, sampled } from './per-call-limits.js';
import type { InlinePolicy, RateLimitHooks } from './rate-limit-options.js';
import { isObject } from '../support/is-object.js';

/** What limits an inline policy: it has a name of its own, and its hooks are checked apart. */
const LIMITING_NAMES = POLICY_NAMES.filter((name) => name !== 'name');
/** Stands for limits that a call alone has. */
const SAMPLE: PolicyOptions = { limit: 1, per: '1m' };
const SETTING_NAMES = {
  named: [...HOOK_NAMES, 'limiter'],
  inline: [...POLICY_NAMES, ...HOOK_NAMES, 'limiter'],
} as const;

/** One policy as the guard applies it to one handler. */
export interface PlannedLimit extends Omit<RateLimitHooks, 'policy'> {
  /** Of the policy that is declared, under which a call is counted once. */
  readonly name: string;
  readonly policyOf: PolicyOf;
  /** Nothing depends on the call but its address. */
  readonly isPlain: boolean;
  readonly hooks: CallHooks;
}

/** Works out, once per handler, which policies apply and how. */
@Injectable()
export class RateLimitPlanner {
  readonly #plans = new WeakMap<object, WeakMap<object, readonly PlannedLimit[]>>();
  /** Inline policies by name: a name stands for the same limits wherever it is used, since they share buckets. */
  readonly #inline = new Map<string, { readonly policy: Policy; readonly options: InlinePolicy }>();

  constructor(
    @Inject(LIMITER_NAME) private readonly limiterName: string,
    @Inject(RESOLVED_MODULE_OPTIONS) private readonly options: ResolvedModuleOptions,
    @Inject(MODULE_LIMITER) private readonly limiter: Limiter,
  ) {}

  /** @throws {@link LimiterOptionError} naming the decorator and every complaint */
  planFor(controller: object & { name: string }, handler: object & { name: string }): readonly PlannedLimit[] {
    let handlers = this.#plans.get(controller);
    if (handlers === undefined) this.#plans.set(controller, (handlers = new WeakMap()));
    let plan = handlers.get(handler);
    if (plan === undefined) handlers.set(handler, (plan = this.#plan(controller, handler)));
    return plan;
  }

  #plan(controller: object & { name: string }, handler: object & { name: string }): PlannedLimit[] {
    const declared = new Map<string, RateLimitDeclaration>();
    for (const name of this.options.defaultPolicies)
      declared.set(name, { kind: 'named', name, limiter: this.limiterName, hooks: {} });
    for (const { skip, limits } of levelsOf(controller, handler)) {
      dropSkipped(declared, skip);
      for (const limit of limits) if (limit.limiter === this.limiterName) declared.set(limit.name, limit);
    }
    const problems = new OptionProblems();
    const where = `of ${controller.name}.${handler.name}`;
    const plan = [...declared.values()].map((declaration) => problems.attempt(() => this.#resolve(declaration, where)));
    problems.throwIfAny();
    return plan.filter((limit) => limit !== undefined);
  }

  #resolve(declaration: RateLimitDeclaration, where: string): PlannedLimit {
    const problems = new OptionProblems();
    const path = `@RateLimit('${declaration.name}') ${where}`;
    const own = declaration.kind === 'named' ? declaration.hooks : declaration.policy;
    if (!problems.check(isObject(own), `${path}: settings`, own, 'must be an object such as { cost: 5 }'))
      problems.throwIfAny();
    problems.checkNames(own, SETTING_NAMES[declaration.kind], `${path}: `);
    checkHooks(own, `${path}: `, problems);
    const declared = problems.attempt(() =>
      declaration.kind === 'named' ? this.#named(declaration.name, path) : this.#inlineOf(declaration, path),
    );
    problems.throwIfAny();
    const { name } = declaration;
    const shared = declaration.kind === 'named' ? this.options.policies.get(name) : undefined;
    const { policy: choose, ...hooks } = mergeHooks(this.options.hooks, shared ?? {}, own);
    const { policy, policyOf } = declared!;
    const maxCost = policy?.maxCost ?? Infinity;
    problems.check(
      choose !== undefined || typeof hooks.cost !== 'number' || hooks.cost <= maxCost,
      `${path}: cost`,
      hooks.cost,
      `must be at most ${maxCost}, the burst: a higher one could never pass`,
    );
    problems.throwIfAny();
    const callHooks = new CallHooks(hooks);
    return {
      ...hooks,
      name,
      isPlain: choose === undefined && policy !== undefined && callHooks.isPlain,
      hooks: callHooks,
      policyOf: choose === undefined ? policyOf! : chosenPolicy(name, choose, policyOf, this.#surroundings),
    };
  }

  get #surroundings() {
    return { policies: this.limiter.policies, timeoutMs: this.limiter.policyTimeoutMs };
  }

  #named(name: string, path: string): DeclaredPolicy {
    const { policies } = this.limiter;
    const perCall = this.options.perCall.get(name);
    if (perCall !== undefined) return { policyOf: perCallPolicy(name, perCall, this.#surroundings) };
    const known = [...policies.names, ...this.options.perCall.keys()];
    const problems = new OptionProblems();
    problems.check(
      known.includes(name) || (policies.isOpen && typeof name === 'string'),
      path,
      name,
      orNearest(
        `must be a policy of the module (${known.join(', ') || 'it has none'}), or an object with limits`,
        name,
        known,
      ),
    );
    problems.throwIfAny();
    const policyOf = (): MaybePromise<Policy> => policies.get(name);
    return policies.names.includes(name) ? { policyOf, policy: policies.own(name) } : { policyOf };
  }

  #inlineOf({ name, policy: options }: RateLimitDeclaration & { kind: 'inline' }, path: string): DeclaredPolicy {
    const limits = pick(options, LIMITING_NAMES);
    const perCall = isPerCall(limits);
    // Without limits of its own it is what `policy` chooses.
    const chosen = typeof options.policy === 'function' && Object.keys(limits).length === 0;
    const policy = resolvePolicy(
      name,
      chosen ? SAMPLE : perCall ? sampled(limits) : (limits as unknown as PolicyOptions),
      path,
    );
    const other = this.#inline.get(name);
    const problems = new OptionProblems();
    problems.check(
      !(name in this.options.limiter.policies || this.options.perCall.has(name)),
      path,
      name,
      'must not repeat the name of a policy of the module: choose another name',
    );
    const same =
      other === undefined ||
      other.options === options ||
      (!perCall && !chosen && JSON.stringify(other.policy) === JSON.stringify(policy));
    problems.check(
      same,
      path,
      policy.limits,
      'must not differ from the policy of the same name on another handler: choose another name',
    );
    problems.throwIfAny();
    // One object for one name, by whose identity storages compare limits.
    const first = other ?? { policy, options };
    this.#inline.set(name, first);
    if (chosen) return {};
    return perCall
      ? { policyOf: perCallPolicy(name, limits, this.#surroundings) }
      : { policy: first.policy, policyOf: () => first.policy };
  }
}

/** A declared policy, where it does not depend on the call. */
interface DeclaredPolicy {
  readonly policy?: Policy;
  readonly policyOf?: PolicyOf;
}

function dropSkipped(declared: Map<string, unknown>, skip: SkipDeclaration | undefined): void {
  if (skip === 'all') declared.clear();
  else skip?.forEach((name) => declared.delete(name));
}
