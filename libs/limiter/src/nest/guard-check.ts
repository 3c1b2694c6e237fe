import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { OptionProblems } from '../support/option-problems.js';
import { GuardsBefore, type Guards } from './guards-before.js';
import { HandlerScan } from './handler-scan.js';
import type { ResolvedModuleOptions } from './module-options.js';
import { levelsOf } from './rate-limit.metadata.js';
import { RateLimitPlanner } from './rate-limit.planner.js';
import { DEFAULT_LIMITER, LIMITER_NAME, RESOLVED_MODULE_OPTIONS } from './tokens.js';

/** A handler with a policy, before which no guard of the limiter runs. */
interface Unguarded {
  readonly path: string;
  /** Another guard may call the limiter's. */
  readonly others: boolean;
}

/** Looks, once the application has started, for policies that nothing applies: decorators alone count nobody. */
@Injectable()
export class GuardCheck implements OnApplicationBootstrap {
  constructor(
    @Inject(LIMITER_NAME) private readonly limiterName: string,
    @Inject(RESOLVED_MODULE_OPTIONS) private readonly options: ResolvedModuleOptions,
    @Inject(HandlerScan) private readonly handlers: HandlerScan,
    @Inject(GuardsBefore) private readonly guards: GuardsBefore,
    @Inject(RateLimitPlanner) private readonly planner: RateLimitPlanner,
  ) {}

  /** @throws {@link LimiterOptionError} naming every `@RateLimit` before which no guard runs that could apply it */
  onApplicationBootstrap(): void {
    const unguarded = this.#unguarded();
    const remedy = `must have ${remedyOf(this.limiterName)}`;
    const problems = new OptionProblems();
    for (const { path, others } of unguarded) problems.check(others, path, 'no guard', remedy);
    problems.throwIfAny();
    if (unguarded.length > 0)
      new Logger(`Limiter:${this.limiterName}`).warn(
        `${unguarded.map(({ path }) => path).join(', ')}: nothing is limited unless another guard calls it; ${remedy}`,
      );
  }

  #unguarded(): readonly Unguarded[] {
    const found: Unguarded[] = [];
    const before: Guards[] = [];
    for (const { target, method } of this.handlers.all()) {
      const guards = this.guards.of(target, method);
      if (guards === undefined) continue;
      before.push(guards);
      if (this.#isAppliedBy(guards)) continue;
      const declared = levelsOf(target, method).flatMap(({ limits }) => limits.map(({ name }) => name));
      for (const { name } of this.planner.planFor(target, method))
        if (declared.includes(name))
          found.push({ path: `@RateLimit('${name}') of ${target.name}.${method.name}`, others: guards.others });
    }
    const { defaultPolicies } = this.options;
    // Where the guard stands before some handlers, those are meant.
    if (defaultPolicies.length > 0 && before.length > 0 && !before.some((guards) => this.#isAppliedBy(guards)))
      found.push({ path: 'defaultPolicies', others: before.some(({ others }) => others) });
    return found;
  }

  #isAppliedBy({ limiters }: Guards): boolean {
    return limiters.includes(this.limiterName);
  }
}

function remedyOf(limiter: string): string {
  const [guard, provider] =
    limiter === DEFAULT_LIMITER
      ? ['RateLimitGuard', '{ provide: APP_GUARD, useExisting: RateLimitGuard }']
      : [`namedRateLimitGuard('${limiter}')`, `{ provide: APP_GUARD, useClass: namedRateLimitGuard('${limiter}') }`];
  return `its guard before it: add ${provider} to the providers of a module, or @UseGuards(${guard})`;
}
