import type { Namespace, NamespaceOptions } from '../contracts/cache.js';
import { HerdOptionError } from '../errors/option-error.js';
import { resolveCacheOptions } from './cache-options.js';
import type { CacheSource } from './cache-source.js';
import { Generation } from './generation.js';
import { HerdCache } from './herd-cache.js';

/** {@link Namespace} over the commands of a herd. */
export class HerdNamespace extends HerdCache implements Namespace {
  private readonly generation: Generation;

  /** @throws {@link HerdOptionError} */
  constructor(
    source: CacheSource,
    readonly name: string,
    given: NamespaceOptions,
  ) {
    if (typeof name !== 'string' || !/^[\w.-]{1,100}$/.test(name)) {
      throw new HerdOptionError(
        'namespace',
        'must be 1 to 100 letters, digits and _ . -',
        name,
        `use a name such as 'users'`,
      );
    }
    const options = resolveCacheOptions(given);
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
