import type { Cache, CacheOptions, Load, LoadMany, SetOptions, TtlOf } from '../contracts/cache.js';
import type { Ttl } from '../contracts/ttl.js';
import { checkCallOptions } from '../support/call-options.js';
import { entriesOf } from '../support/entries.js';
import { checkText } from '../support/key-text.js';
import { checked } from '../support/option-checks.js';
import { promised } from '../support/promised.js';
import { checkTtl, ttlMs } from '../support/ttl.js';
import { cacheKey } from './cache-key.js';
import { checkForm, checkLoad, textsOf } from './call-checks.js';
import { checkTags, resolveCallOptions } from './cache-options.js';
import type { ResolvedCacheOptions } from './cache-options.js';
import type { CacheSource } from './cache-source.js';
import { ChangeMaker } from './change-maker.js';
import { entryOf } from './entry.js';
import type { Entry } from './entry.js';
import type { MemoryTier } from './memory-tier.js';
import { reportOf } from './publish.js';
import type { Report } from './publish.js';
import type { RecentChanges } from './recent-changes.js';
import { ManyFinder } from './many-finder.js';
import { SingleFlight } from './single-flight.js';
import type { Flight } from './single-flight.js';
import { StoredEntries } from './stored-entries.js';
import type { Prefix } from './stored-entries.js';
import { readTagVersions } from './tags.js';
import { tolerant } from './tolerant.js';
import { ValueFinder } from './value-finder.js';
import { ValueMaker } from './value-maker.js';

const setOptionNames = ['ttl', 'tags'] as const;

/** Its life is refused by name. */
const nothingGiven = { ttl: 0 } as SetOptions;

/** A value in a box; none in it for a known absence. */
type Held = Readonly<{ value?: unknown }>;

/** Of a herd itself, which has no memory. */
const nowhere: Prefix = Object.freeze({ parts: [], epoch: 0, route: 0 });

/** {@link Cache} over the commands of a herd. */
export class HerdCache implements Cache {
  private readonly flights: SingleFlight;
  private readonly memory: MemoryTier | undefined;
  private readonly entries: StoredEntries;
  private readonly maker: ValueMaker;
  private readonly finder: ValueFinder;
  private readonly manyFinder: ManyFinder;
  protected readonly changing: ChangeMaker;
  private readonly report: Report;
  protected readonly changes: RecentChanges;

  constructor(
    protected readonly source: CacheSource,
    private readonly options: ResolvedCacheOptions,
    /** Where the keys stand; `undefined` while that cannot be read. */
    private readonly prefix: () => Promise<Prefix | undefined> = () => Promise.resolve(nowhere),
    private readonly space = '',
  ) {
    this.memory = options.memory && source.coherence.tier(space, options.memory, source.codec);
    this.changes = source.coherence.changesOf(space);
    this.flights = new SingleFlight(this.memory);
    this.entries = new StoredEntries(source, this.memory, this.changes);
    this.maker = new ValueMaker(source, this.memory, this.changes);
    this.report = reportOf(source, space);
    this.finder = new ValueFinder(source, this.entries, this.maker, this.report);
    this.manyFinder = new ManyFinder(source, this.entries, this.maker, this.report);
    this.changing = new ChangeMaker(source, space, prefix, this.changes, this.flights, this.finder);
  }

  getOrSet<Value>(key: string, ttl: TtlOf<Value>, load: Load<Value>, given?: CacheOptions): Promise<Value> {
    return promised(() => {
      const options = this.callOptions(given);
      checkText(key);
      checkLoad('getOrSet', load);
      this.checkLife(ttl);
      const hit = this.memory?.get(key);
      const find = async (flight: Flight): Promise<Value> =>
        this.finder.find(await tolerant(this.prefix, undefined), { key, ttl, load, options }, flight);
      if (!hit) return this.flights.run(key, find, (value) => this.maker.copyOf(value));
      this.report(key, 'hit', 'memory');
      return Promise.resolve(hit.value as Value);
    });
  }

  async getOrSetMany<Value>(
    keys: readonly string[],
    ttl: TtlOf<Value>,
    load: LoadMany<Value>,
    given?: CacheOptions,
  ): Promise<Map<string, Value>> {
    const options = this.callOptions(given);
    textsOf('getOrSetMany', keys);
    checkLoad('getOrSetMany', load);
    this.checkLife(ttl);
    const { held, others } = this.inMemory(keys);
    const made =
      others.length === 0
        ? new Map<string, Value | undefined>()
        : await this.manyFinder.find(await tolerant(this.prefix, undefined), others, { ttl, load, options });
    return inOrder(keys, (key) => (held.has(key) ? (held.get(key)!.value as Value | undefined) : made.get(key)));
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    return (await this.getMany<Value>([key])).get(key);
  }

  async getMany<Value>(keys: readonly string[]): Promise<Map<string, Value>> {
    const { held, others } = this.inMemory(textsOf('getMany', keys));
    const prefix = others.length === 0 ? undefined : await this.prefix();
    if (prefix) for (const [key, entry] of await this.readAll(prefix, others)) held.set(key, entry);
    for (const key of others) if (!held.has(key)) this.report(key, 'miss', undefined, prefix?.parts);
    return inOrder(keys, (key) => held.get(key)?.value as Value | undefined);
  }

  async set(key: string, value: unknown, options: SetOptions): Promise<boolean> {
    return (await this.setMany([[key, value]], options)).get(key)!;
  }

  async setMany(given: Iterable<readonly [string, unknown]>, options: SetOptions): Promise<Map<string, boolean>> {
    checkCallOptions(options, setOptionNames);
    const { ttl, tags = [] } = (options as SetOptions | undefined) ?? nothingGiven;
    checked((problems) => checkTags(problems, tags));
    const lifeMs = ttlMs(ttl, this.source.leastTtlMs);
    const entries = entriesOf('setMany', given);
    textsOf('setMany', [...entries.keys()]);
    for (const [key, value] of entries) checkForm(this.source.codec, key, value);
    return this.changing.ofKeys([...entries.keys()], false, async (prefix) => {
      const versions = await readTagVersions(this.source, prefix.parts, tags);
      if (!versions) {
        // What is there is old by now.
        await this.entries.removeMany([...entries.keys()].map((key) => cacheKey(...prefix.parts, key)));
        return new Map<string, boolean>();
      }
      const now = this.source.now();
      const stored = await this.entries.writeMany(
        [...entries].map(
          ([key, value]) => [cacheKey(...prefix.parts, key), entryOf(value, lifeMs, now, 0, versions)] as const,
        ),
        lifeMs,
      );
      return new Map([...entries.keys()].map((key) => [key, stored.get(cacheKey(...prefix.parts, key)) ?? false]));
    });
  }

  async delete(key: string): Promise<boolean> {
    return (await this.deleteMany([key])).get(key)!;
  }

  async deleteMany(keys: readonly string[]): Promise<Map<string, boolean>> {
    return this.changing.ofKeys(textsOf('deleteMany', keys), false, async (prefix) => {
      const deleted = await this.entries.removeMany(keys.map((key) => cacheKey(...prefix.parts, key)));
      return new Map(keys.map((key) => [key, deleted.get(cacheKey(...prefix.parts, key)) ?? false]));
    });
  }

  /** @throws HerdOptionError for a ttl that the servers cannot keep, before the first call has it. */
  checkTtl(ttl: Ttl): void {
    checked((problems) => checkTtl(problems, 'ttl', ttl, this.source.leastTtlMs));
  }

  private callOptions(given: CacheOptions | undefined): ResolvedCacheOptions {
    if (given === undefined) return this.options;
    const options = resolveCallOptions(given, this.options, this.source.leastTtlMs);
    const isNamespace = this.space !== '' || options.tags.length === 0;
    checked((problems) =>
      problems.check(isNamespace, 'tags', given.tags, 'is for namespaces; use herd.namespace(name)'),
    );
    return options;
  }

  private checkLife(ttl: TtlOf<never>): void {
    if (typeof ttl !== 'function') ttlMs(ttl, this.source.leastTtlMs);
  }

  /** What of `keys` is in memory, and the others, each once. */
  private inMemory(keys: readonly string[]): { held: Map<string, Held>; others: readonly string[] } {
    const held = new Map<string, Held>();
    const others: string[] = [];
    for (const key of new Set(keys)) {
      const hit = this.memory?.get(key);
      if (hit) {
        held.set(key, hit);
        this.report(key, 'hit', 'memory');
      } else others.push(key);
    }
    return { held, others };
  }

  /** The fresh entries of `keys`. */
  private async readAll(prefix: Prefix, keys: readonly string[]): Promise<Map<string, Entry>> {
    const fresh = await this.entries.readFresh(prefix, keys);
    for (const key of fresh.keys()) this.report(key, 'hit', 'node', prefix.parts);
    return fresh;
  }
}

/** Those of `keys` that have a value, as they were given. */
function inOrder<Value>(keys: readonly string[], valueOf: (key: string) => Value | undefined): Map<string, Value> {
  const found = new Map<string, Value>();
  for (const key of keys) {
    const value = valueOf(key);
    if (value !== undefined) found.set(key, value);
  }
  return found;
}
