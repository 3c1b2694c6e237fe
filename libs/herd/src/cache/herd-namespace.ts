import type { Namespace, NamespaceOptions } from '../contracts/cache.js';
import { checked } from '../support/option-checks.js';
import { readNamespaceOptions } from './cache-options.js';
import type { OptionProblems } from '../support/option-problems.js';
import type { CacheSource } from './cache-source.js';
import { Generation } from './generation.js';
import { HerdCache } from './herd-cache.js';

/** {@link Namespace} over the commands of a herd. */
export class HerdNamespace extends HerdCache implements Namespace {
  private readonly generation: Generation;

  /** @throws HerdOptionError */
  constructor(
    source: CacheSource,
    readonly name: string,
    given: NamespaceOptions,
  ) {
    const options = checked((problems) => {
      checkNamespaceName(problems, name);
      return readNamespaceOptions(problems, given, source.leastTtlMs);
    });
    const generation = new Generation(source, `${name}:generation`, options.generationMaxAgeMs);
    super(source, options, async () => {
      const text = await generation.current();
      return text === undefined ? undefined : [name, text];
    });
    this.generation = generation;
  }

  clear(): Promise<boolean> {
    return this.generation.next();
  }
}

/** Reports a name that cannot stand before the keys of a namespace. */
export const checkNamespaceName = (problems: OptionProblems, name: unknown): boolean =>
  problems.check(
    typeof name === 'string' && /^[\w.-]{1,100}$/.test(name),
    'namespace',
    name,
    `must be 1 to 100 letters, digits and _ . -; use a name such as 'users'`,
  );
