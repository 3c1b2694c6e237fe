import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { OptionProblems } from '../support/option-problems.js';
import { NamedLimiters } from './named-limiters.js';
import { LIMITER_NAME } from './tokens.js';
import { levelsOf } from './rate-limit.metadata.js';
import { RateLimitPlanner } from './rate-limit.planner.js';

type Target = object & { name: string; prototype?: object };

/** Judges every `@RateLimit` of the application at start, so that a wrong name stops it there and not at the first request. */
@Injectable()
export class RateLimitExplorer implements OnModuleInit {
  constructor(
    @Inject(LIMITER_NAME) private readonly limiterName: string,
    @Inject(NamedLimiters) private readonly limiters: NamedLimiters,
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
    @Inject(RateLimitPlanner) private readonly planner: RateLimitPlanner,
  ) {}

  /** @throws {@link LimiterOptionError} naming every wrong decorator */
  onModuleInit(): void {
    this.limiters.checkUnique(this.limiterName);
    const problems = new OptionProblems();
    const { names } = this.limiters;
    for (const target of this.#classes()) {
      for (const handler of this.#methods(target)) {
        const limits = levelsOf(target, handler).flatMap((level) => level.limits);
        for (const { name, limiter } of limits) {
          const path = `@RateLimit('${name}') of ${target.name}.${handler.name}: limiter`;
          problems.check(
            names.includes(limiter),
            path,
            limiter,
            `must be the name of a LimiterModule (${names.join(', ')})`,
          );
        }
        if (limits.length > 0) problems.attempt(() => this.planner.planFor(target, handler));
      }
    }
    problems.throwIfAny();
  }

  #classes(): Set<Target> {
    const wrappers = [...this.discovery.getControllers(), ...this.discovery.getProviders()];
    return new Set(
      wrappers
        .map((wrapper) => wrapper.metatype as Target | null)
        .filter((target) => target?.prototype !== undefined) as Target[],
    );
  }

  #methods({ prototype }: Target): Target[] {
    const names = this.scanner.getAllMethodNames(prototype!);
    return names.map((name) => (prototype as Record<string, Target>)[name]!);
  }
}
