import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { OptionProblems } from '../errors/option-error.js';

/** The name of the limiter in whose module it is injected. */
export const LIMITER_NAME = Symbol('rookery.limiter.name');

/** The limiter itself, inside its module. */
export const MODULE_LIMITER = Symbol('rookery.limiter.limiter');

/** The limiters of the application, whatever module they are in. */
@Injectable()
export class NamedLimiters {
  constructor(@Inject(DiscoveryService) private readonly discovery: DiscoveryService) {}

  get names(): string[] {
    const named = this.discovery.getProviders().filter((wrapper) => wrapper.token === LIMITER_NAME);
    return named.map((wrapper) => wrapper.instance as string);
  }

  /** @throws {@link LimiterOptionError} where two modules have one name: it would depend on their order which is meant */
  checkUnique(name: string): void {
    const problems = new OptionProblems();
    const rule = 'must be set once: give each LimiterModule a name of its own';
    problems.check(this.names.filter((other) => other === name).length === 1, 'LimiterModule name', name, rule);
    problems.throwIfAny();
  }
}
