import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { OptionProblems } from '../support/option-problems.js';
import { orNearest } from '../support/or-nearest.js';
import { HandlerScan, type Target } from './handler-scan.js';
import { NamedLimiters } from './named-limiters.js';
import { LIMITER_NAME } from './tokens.js';
import { levelsOf, ownLevelOf, type DeclarationLevel } from './rate-limit.metadata.js';
import { RateLimitPlanner } from './rate-limit.planner.js';

interface Method {
  readonly method: Target;
  readonly levels: readonly DeclarationLevel[];
}

/** Judges every `@RateLimit` and `@SkipRateLimit` at start, so that a wrong name stops it there and not at the first request. */
@Injectable()
export class RateLimitExplorer implements OnModuleInit {
  constructor(
    @Inject(LIMITER_NAME) private readonly limiterName: string,
    @Inject(NamedLimiters) private readonly limiters: NamedLimiters,
    @Inject(HandlerScan) private readonly handlers: HandlerScan,
    @Inject(RateLimitPlanner) private readonly planner: RateLimitPlanner,
  ) {}

  /** @throws {@link LimiterOptionError} naming every wrong decorator */
  onModuleInit(): void {
    this.limiters.checkUnique(this.limiterName);
    const problems = new OptionProblems();
    const everyLevel: DeclarationLevel[] = [];
    for (const target of this.handlers.classes()) {
      const methods = this.handlers.methods(target).map((method) => ({ method, levels: levelsOf(target, method) }));
      for (const { method, levels } of methods) {
        const limits = levels.flatMap((level) => level.limits);
        this.#checkLimiters(limits, `${target.name}.${method.name}`, problems);
        if (limits.length > 0) problems.attempt(() => this.planner.planFor(target, method));
        everyLevel.push(...levels);
      }
      checkHandlers(target, methods, problems);
    }
    this.#checkSkips(everyLevel, problems);
    problems.throwIfAny();
  }

  #checkLimiters(limits: DeclarationLevel['limits'], of: string, problems: OptionProblems): void {
    const { names } = this.limiters;
    for (const { name, limiter } of limits) {
      const rule = orNearest(`must be the name of a LimiterModule (${names.join(', ')})`, limiter, names);
      problems.check(names.includes(limiter), `@RateLimit('${name}') of ${of}: limiter`, limiter, rule);
    }
  }

  /** A policy of a `policySource`, or one that stands where it is used, is found by the `@RateLimit` that names it. */
  #checkSkips(levels: readonly DeclarationLevel[], problems: OptionProblems): void {
    const declared = levels.flatMap(({ limits }) => limits.map(({ name }) => name));
    const known = [...new Set([...this.limiters.policyNames, ...declared])];
    const rule = `must be a policy of a module or of a @RateLimit (${known.join(', ') || 'there is none'})`;
    // Of a class they come again with each of its methods.
    const skips = new Map(levels.map(({ of, skip }) => [skip, of]));
    for (const [skip, of] of skips) {
      for (const name of Array.isArray(skip) ? (skip as readonly string[]) : [])
        problems.check(known.includes(name), `@SkipRateLimit of ${of}`, name, orNearest(rule, name, known));
    }
  }
}

/** What calls a handler leaves a mark on it, as `@Get` does: without one no guard ever sees the call, and nothing is counted. */
function checkHandlers(target: Target, methods: readonly Method[], problems: OptionProblems): void {
  const rule =
    'must stand on a handler, such as one with @Get, or on a class that has one: on any other method use @Limited';
  const check = ({ of, limits }: DeclarationLevel, isCalled: boolean): void => {
    for (const { name } of limits) problems.check(isCalled, `@RateLimit('${name}') of ${of}`, 'no handler', rule);
  };
  for (const { method, levels } of methods) check(levels.at(-1)!, isHandler(method));
  const isCalled = methods.some(({ method }) => isHandler(method));
  check(ownLevelOf(target), isCalled);
}

function isHandler(method: object): boolean {
  return Reflect.getMetadataKeys(method).length > 0;
}
