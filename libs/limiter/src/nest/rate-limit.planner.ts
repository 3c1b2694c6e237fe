import { Inject, Injectable } from '@nestjs/common';
import { POLICY_NAMES, resolvePolicy } from '../algorithm/policy.js';
import type { Policy } from '../contracts/policy.js';
import { OptionProblems } from '../support/option-problems.js';
import { pick } from '../support/pick.js';
import type { Limiter } from '../service/limiter.js';
import { CallHooks } from './call-hooks.js';
import type { ResolvedModuleOptions } from './module-options.js';
import { checkHooks, HOOK_NAMES, mergeHooks } from './rate-limit-hooks.js';
import { LIMITER_NAME, MODULE_LIMITER, RESOLVED_MODULE_OPTIONS } from './tokens.js';
import { levelsOf, type RateLimitDeclaration, type SkipDeclaration } from './rate-limit.metadata.js';
import type { RateLimitHooks } from './rate-limit-options.js';

/** What limits an inline policy: it has a name of its own, and its hooks are checked apart. */
const LIMITING_NAMES = POLICY_NAMES.filter((name) => name !== 'name');
const SETTING_NAMES = {
  named: [...HOOK_NAMES, 'limiter'],
  inline: [...POLICY_NAMES, ...HOOK_NAMES, 'limiter'],
} as const;

/** One policy as the guard applies it to one handler. */
export interface PlannedLimit extends RateLimitHooks {
  readonly policy: Policy;
  readonly hooks: CallHooks;
}

/** Works out, once per handler, which policies apply and how. */
@Injectable()
export class RateLimitPlanner {
  readonly #plans = new WeakMap<object, WeakMap<object, readonly PlannedLimit[]>>();
  /** Inline policies by name: a name stands for the same limits wherever it is used, since they share buckets. */
  readonly #inline = new Map<string, Policy>();

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
    const isObject = typeof own === 'object' && own !== null;
    if (!problems.check(isObject, `${path}: settings`, own, 'must be an object such as { cost: 5 }'))
      problems.throwIfAny();
    problems.checkNames(own, SETTING_NAMES[declaration.kind], `${path}: `);
    checkHooks(own, `${path}: `, problems);
    const policy = problems.attempt(() =>
      declaration.kind === 'named' ? this.#named(declaration.name, path) : this.#inlineOf(declaration, path),
    );
    problems.throwIfAny();
    const shared = declaration.kind === 'named' ? this.options.policies.get(declaration.name) : undefined;
    const limit = plannedLimit(policy!, mergeHooks(this.options.hooks, shared ?? {}, own));
    const costFits = typeof limit.cost !== 'number' || limit.cost <= limit.policy.maxCost;
    problems.check(
      costFits,
      `${path}: cost`,
      limit.cost,
      `must be at most ${limit.policy.maxCost}, the burst: a higher one could never pass`,
    );
    problems.throwIfAny();
    return limit;
  }

  #named(name: string, path: string): Policy {
    const known = Object.keys(this.options.limiter.policies);
    const problems = new OptionProblems();
    problems.check(
      known.includes(name),
      path,
      name,
      `must be a policy of the module (${known.join(', ') || 'it has none'}), or an object with limits`,
    );
    problems.throwIfAny();
    return this.limiter.policy(name);
  }

  #inlineOf({ name, policy: options }: RateLimitDeclaration & { kind: 'inline' }, path: string): Policy {
    const policy = resolvePolicy(name, pick(options, LIMITING_NAMES), path);
    const other = this.#inline.get(name);
    const problems = new OptionProblems();
    problems.check(
      !(name in this.options.limiter.policies),
      path,
      name,
      'must not repeat the name of a policy of the module: choose another name',
    );
    const same = other === undefined || JSON.stringify(other) === JSON.stringify(policy);
    problems.check(
      same,
      path,
      policy.limits,
      'must not differ from the policy of the same name on another handler: choose another name',
    );
    problems.throwIfAny();
    this.#inline.set(name, policy);
    return policy;
  }
}

function plannedLimit(policy: Policy, hooks: RateLimitHooks): PlannedLimit {
  return { policy, ...hooks, hooks: new CallHooks(policy, hooks) };
}

function dropSkipped(declared: Map<string, unknown>, skip: SkipDeclaration | undefined): void {
  if (skip === 'all') declared.clear();
  else skip?.forEach((name) => declared.delete(name));
}
