import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { isWhole } from '../../support/is-whole.js';
import { OptionProblems } from '../../support/option-problems.js';
import { orNearest } from '../../support/or-nearest.js';
import { NamedLimiters } from '../named-limiters.js';
import { DEFAULT_LIMITER, getLimiterToken } from '../tokens.js';
import type { Limiter } from '../../service/limiter.js';
import { LimitedCalls } from './limited-calls.js';
import type { LimitedDeclaration } from './limited-options.js';
import { bindCalls, declarationsOf } from './limited.decorator.js';
import { isObject } from '../../support/is-object.js';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];
const OPTION_NAMES = ['key', 'cost', 'onLimited', 'limiter'];

/** Finds every `@Limited` of the application at start, judges it, and lets it count. */
@Injectable()
export class LimitedExplorer implements OnModuleInit {
  constructor(
    @Inject(NamedLimiters) private readonly limiters: NamedLimiters,
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
  ) {}

  /** @throws {@link LimiterOptionError} naming every wrong `@Limited` */
  onModuleInit(): void {
    const problems = new OptionProblems();
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const prototype = (wrapper.metatype as { prototype?: object } | null)?.prototype;
      if (prototype === undefined) continue;
      for (const key of this.scanner.getAllMethodNames(prototype)) {
        const declarations = declarationsOf(prototype, key);
        if (declarations.length > 0) this.#bind(wrapper, key, declarations, problems);
      }
    }
    problems.throwIfAny();
  }

  #bind(wrapper: Wrapper, key: string, declarations: readonly LimitedDeclaration[], problems: OptionProblems): void {
    const method = `${wrapper.name}.${key}`;
    const singleton = wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
    const scope = 'must be a singleton: a provider of a request, or a transient one, is made after the start';
    if (!problems.check(singleton, `@Limited of ${method}: its class`, wrapper.name, scope)) return;
    const byLimiter = new Map<Limiter, LimitedDeclaration[]>();
    for (const declaration of declarations) {
      const limiter = this.#limiterOf(nameOf(declaration.options));
      judge(declaration, method, limiter, this.limiters.names, problems);
      if (limiter !== undefined) byLimiter.set(limiter, [...(byLimiter.get(limiter) ?? []), declaration]);
    }
    const calls = [...byLimiter].map(([limiter, each]) => new LimitedCalls(method, limiter, each));
    bindCalls(wrapper.instance as object, key, calls);
  }

  #limiterOf(name: unknown): Limiter | undefined {
    if (typeof name !== 'string') return undefined;
    const token = getLimiterToken(name);
    return this.discovery.getProviders().find((wrapper) => wrapper.token === token)?.instance as Limiter | undefined;
  }
}

/** What is wrong is refused with everything else. */
function nameOf(options: LimitedDeclaration['options'] | null): unknown {
  const name = options?.limiter;
  return name === undefined ? DEFAULT_LIMITER : name;
}

function judge(
  { policy, options }: LimitedDeclaration,
  method: string,
  limiter: Limiter | undefined,
  names: readonly string[],
  problems: OptionProblems,
): void {
  const path = `@Limited('${policy}') of ${method}`;
  if (!problems.check(isObject(options), `${path}: options`, options, 'must be an object such as { key: (to) => to }'))
    return;
  problems.checkNames(options, OPTION_NAMES, `${path}: `);
  for (const name of ['key', 'onLimited'] as const) {
    const valid = options[name] === undefined || typeof options[name] === 'function';
    problems.check(valid, `${path}: ${name}`, options[name], 'must be a function');
  }
  const { cost } = options;
  const costIsRight = cost === undefined || typeof cost === 'function' || isWhole(cost, 1);
  problems.check(
    costIsRight,
    `${path}: cost`,
    cost,
    'must be a whole number of 1 or more, or a function that returns one',
  );
  const known = `must be the name of a LimiterModule (${names.join(', ')})`;
  if (
    !problems.check(
      limiter !== undefined,
      `${path}: limiter`,
      nameOf(options),
      orNearest(known, options.limiter, names),
    )
  )
    return;
  const { policies } = limiter!;
  const isKnown = policies.names.includes(policy) || policies.isOpen;
  const rule = `must be a policy of the module whose limits are no functions (${policies.names.join(', ') || 'it has none'})`;
  if (
    !problems.check(isKnown, path, policy, orNearest(rule, policy, policies.names)) ||
    !policies.names.includes(policy)
  )
    return;
  const { maxCost } = policies.own(policy);
  const fits = typeof cost !== 'number' || cost <= maxCost;
  problems.check(fits, `${path}: cost`, cost, `must be at most ${maxCost}, the burst: a higher one could never pass`);
}
