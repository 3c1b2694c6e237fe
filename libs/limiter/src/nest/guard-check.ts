import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { OptionProblems } from '../support/option-problems.js';
import { GuardsBefore, type Guards } from './guards-before.js';
import { HandlerScan, type Target } from './handler-scan.js';
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
    if (unguarded.length > 0) this.#warn(unguarded, `nothing is limited unless another guard calls it; ${remedy}`);
    if (this.guards.isServer) this.#checkMessages();
  }

  /** One line, when a microservice is connected to the application, be it before the start or after. */
  #checkMessages(): void {
    const guardsOf = (target: Target, method: Target): Guards | undefined => this.guards.ofMessages(target, method);
    const unsure = this.#policies(guardsOf, this.#areDefaultsForMessages());
    let isReported = unsure.length === 0;
    this.guards.onMicroservice(() => {
      if (isReported) return;
      isReported = true;
      const [guard] = guardOf(this.limiterName);
      this.#warn(
        unsure,
        'guards of the application reach messages only where connectMicroservice has { inheritAppConfig: true }, which nothing ' +
          `shows: without it nothing is limited. @UseGuards(${guard}) limits either way, and counts once`,
      );
    });
  }

  #warn(found: readonly Unguarded[], text: string): void {
    new Logger(`Limiter:${this.limiterName}`).warn(`${found.map(({ path }) => path).join(', ')}: ${text}`);
  }

  #unguarded(): readonly Unguarded[] {
    const before: Guards[] = [];
    const found = this.#policies((target, method) => {
      const guards = this.guards.of(target, method);
      if (guards !== undefined) before.push(guards);
      return guards;
    });
    const { defaultPolicies } = this.options;
    // Where the guard stands before some handlers, those are meant.
    if (defaultPolicies.length > 0 && before.length > 0 && !before.some((guards) => this.#isAppliedBy(guards)))
      return [...found, { path: 'defaultPolicies', others: before.some(({ others }) => others) }];
    return found;
  }

  /** Where the application has no guard, but some handlers have, those are meant, and no message. */
  #areDefaultsForMessages(): boolean {
    if (this.#isAppliedBy(this.guards.ofApplication())) return true;
    return !this.handlers.all().some(({ target, method }) => {
      const guards = this.guards.of(target, method) ?? this.guards.ofMessages(target, method);
      return guards !== undefined && this.#isAppliedBy(guards);
    });
  }

  /**
   * What limits handlers, and none of the guards before them applies.
   *
   * @param withDefaults whether `defaultPolicies` count too
   */
  #policies(
    guardsOf: (target: Target, method: Target) => Guards | undefined,
    withDefaults = false,
  ): readonly Unguarded[] {
    return this.handlers.all().flatMap(({ target, method }): readonly Unguarded[] => {
      const guards = guardsOf(target, method);
      if (guards === undefined || this.#isAppliedBy(guards)) return [];
      const declared = levelsOf(target, method)
        .flatMap(({ limits }) => limits)
        .filter(({ limiter }) => limiter === this.limiterName)
        .map(({ name }) => name);
      const planned = this.planner.planFor(target, method).map(({ name }) => name);
      const found = planned.filter((name) => declared.includes(name)).map((name) => `@RateLimit('${name}')`);
      if (withDefaults && planned.length > found.length) found.push('defaultPolicies');
      return found.map((what) => ({ path: `${what} of ${target.name}.${method.name}`, others: guards.others }));
    });
  }

  #isAppliedBy({ limiters }: Guards): boolean {
    return limiters.includes(this.limiterName);
  }
}

function remedyOf(limiter: string): string {
  const [guard, provider] = guardOf(limiter);
  return `its guard before it: add ${provider} to the providers of a module, or @UseGuards(${guard})`;
}

function guardOf(limiter: string): readonly [guard: string, provider: string] {
  return limiter === DEFAULT_LIMITER
    ? ['RateLimitGuard', '{ provide: APP_GUARD, useExisting: RateLimitGuard }']
    : [`namedRateLimitGuard('${limiter}')`, `{ provide: APP_GUARD, useClass: namedRateLimitGuard('${limiter}') }`];
}
