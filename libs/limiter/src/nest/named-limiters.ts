import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { OptionProblems } from '../support/option-problems.js';
import type { ResolvedModuleOptions } from './module-options.js';
import { LIMITER_NAME, RESOLVED_MODULE_OPTIONS } from './tokens.js';

/** The limiters of the application, whatever module they are in. */
@Injectable()
export class NamedLimiters {
  constructor(@Inject(DiscoveryService) private readonly discovery: DiscoveryService) {}

  get names(): string[] {
    return this.#instancesOf(LIMITER_NAME) as string[];
  }

  /** Of the policies of every module. */
  get policyNames(): string[] {
    const options = this.#instancesOf(RESOLVED_MODULE_OPTIONS) as ResolvedModuleOptions[];
    return options.flatMap(({ policies }) => [...policies.keys()]);
  }

  /** @throws {@link LimiterOptionError} where two modules have one name: it would depend on their order which is meant */
  checkUnique(name: string): void {
    const problems = new OptionProblems();
    const requirement = 'must be set once: give each LimiterModule a name of its own';
    problems.check(this.names.filter((other) => other === name).length === 1, 'LimiterModule name', name, requirement);
    problems.throwIfAny();
  }

  #instancesOf(token: symbol): unknown[] {
    const wrappers = this.discovery.getProviders().filter((wrapper) => wrapper.token === token);
    return wrappers.map(({ instance }) => instance as unknown);
  }
}
