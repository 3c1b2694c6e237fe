import type { Cache, Namespace, NamespaceOptions } from '../contracts/cache.js';
import { checked } from '../support/option-checks.js';
import { checkTags, readNamespaceOptions } from './cache-options.js';
import type { OptionProblems } from '../support/option-problems.js';
import type { CacheSource } from './cache-source.js';
import { Generation } from './generation.js';
import { HerdCache } from './herd-cache.js';
import type { Prefix } from './stored-entries.js';
import { deleteTagVersions } from './tags.js';

/** {@link Namespace} over the commands of a herd. */
export class HerdNamespace extends HerdCache implements Namespace {
  private readonly generation: Generation;
  private readonly prefixNow: () => Promise<Prefix | undefined>;

  /** The namespace as it is at its first question that memory cannot answer: what is stored there is not found after a `clear()`. */
  readonly pinned: () => Cache;

  /** Epoch milliseconds. */
  readonly now: () => number;

  /** The same for each object that stands for this namespace of a herd in this process. */
  readonly identity: object;

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
    const prefix = async (): Promise<Prefix | undefined> => {
      const epoch = source.coherence.epochOf(name);
      const route = source.route();
      const text = await generation.current();
      return text === undefined ? undefined : { parts: [name, text], epoch, route };
    };
    super(source, options, prefix, name);
    this.generation = generation;
    this.prefixNow = prefix;
    this.pinned = () => {
      let pinned: Promise<Prefix | undefined> | undefined;
      return new HerdCache(source, options, () => (pinned ??= prefix().catch(() => undefined)), name);
    };
    this.now = source.now;
    this.identity = this.changes;
  }

  clear(): Promise<boolean> {
    return this.changing.announced({ kind: 'all' }, () => this.generation.next());
  }

  async deleteTags(tags: readonly string[]): Promise<boolean> {
    checked((problems) => checkTags(problems, tags));
    return this.changing.announced({ kind: 'tags', tags }, async () => {
      const prefix = await this.prefixNow();
      for (const name of tags) this.changes.carriedOut({ kind: 'tag', name }, prefix);
      return prefix !== undefined && deleteTagVersions(this.source, prefix.parts, tags);
    });
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
