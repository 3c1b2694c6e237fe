import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { OptionProblems } from '../support/option-problems.js';
import { LIMITER_NAME } from './tokens.js';

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
    const requirement = 'must be set once: give each LimiterModule a name of its own';
    problems.check(this.names.filter((other) => other === name).length === 1, 'LimiterModule name', name, requirement);
    problems.throwIfAny();
  }
}
