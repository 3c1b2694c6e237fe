import type { AliasAction } from '../../contracts/engine.js';
import type { IndexBody } from '../../contracts/index-body.js';
import { SearchNotFoundError } from '../../errors/engine.errors.js';
import { MemoryIndex } from './memory-index.js';
import { assertClaimed, refused } from './refusals.js';
import type { Tokenizer } from './words.js';

/** All indices by their names, and the aliases that they have. */
export class MemoryIndices {
  private indices: ReadonlyMap<string, MemoryIndex> = new Map();

  constructor(
    private readonly analyzers: Readonly<Record<string, Tokenizer>>,
    private readonly now: () => number,
  ) {}

  create(name: string, body: IndexBody): 'created' | 'exists' {
    if (this.indices.has(name)) return 'exists';
    if (this.ofAlias(name).length > 0)
      throw refused('invalid_index_name_exception', `Invalid index name [${name}], already exists as alias`);
    if (!/^[^-_+A-Z\\/*?"<>| ,#:][^A-Z\\/*?"<>| ,#:]*$/.test(name))
      throw refused(
        'invalid_index_name_exception',
        `Invalid index name [${name}], must be lowercase and without \\ / * ? " < > | , # :`,
      );
    for (const [alias, options] of Object.entries(body.aliases ?? {})) {
      assertClaimed(`the alias ${alias}`, options, ['is_write_index', 'is_hidden']);
      this.assertAlias(alias);
    }
    this.indices = new Map([
      ...this.indices,
      [name, new MemoryIndex(name, structuredClone(body), this.analyzers, this.now)],
    ]);
    return 'created';
  }

  delete(name: string): void {
    for (const index of this.matching(name)) {
      if (index.name !== name && !name.includes('*')) throw matchesAlias(name);
      this.indices = new Map([...this.indices].filter(([key]) => key !== index.name));
    }
  }

  /** The indices of a name, an alias or a pattern, or of several with commas; none where there are none. */
  matching(names: string): readonly MemoryIndex[] {
    const found = names.split(',').flatMap((name) => {
      if (name === '_all') return [...this.indices.values()];
      if (!name.includes('*')) return this.byName(name);
      const pattern = new RegExp(`^${name.replaceAll(/[.+^$()|[\]{}\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`);
      return [...this.indices.values()].filter(({ name: own, aliases }) =>
        [own, ...aliases.keys()].some((one) => pattern.test(one)),
      );
    });
    return [...new Set(found)];
  }

  /** @throws SearchNotFoundError for a name that there is not, SearchEngineError for a closed index */
  open(names: string): readonly MemoryIndex[] {
    const found = this.existing(names);
    const closed = found.find(({ status }) => status === 'closed');
    if (closed) throw refused('index_closed_exception', `closed (index ${closed.name})`);
    return found;
  }

  /** Closed ones too. @throws SearchNotFoundError */
  existing(names: string): readonly MemoryIndex[] {
    for (const name of names.split(','))
      if (!name.includes('*') && this.matching(name).length === 0) throw missing(name);
    return this.matching(names);
  }

  /** @throws SearchEngineError for several indices behind one alias */
  one(name: string): MemoryIndex {
    const [first, ...others] = this.open(name);
    if (!first) throw missing(name);
    if (others.length > 0)
      throw refused(
        'illegal_argument_exception',
        `alias [${name}] has more than one index associated with it, can't execute a single index op`,
      );
    return first;
  }

  /** The index that writes by an alias go to. @throws SearchEngineError where the name is no alias */
  written(alias: string): MemoryIndex {
    const holders = this.ofAlias(alias);
    if (holders.length === 0)
      throw refused(
        'index_not_found_exception',
        `no such index [${alias}] and [require_alias] request flag is [true] and [${alias}] is not an alias`,
        404,
      );
    const named = holders.filter(({ aliases }) => aliases.get(alias)?.isWriteIndex);
    const [target, ...others] = named.length > 0 ? named : holders;
    if (others.length > 0)
      throw refused('illegal_argument_exception', `no write index is defined for alias [${alias}]`);
    if (target!.status === 'closed') throw refused('index_closed_exception', `closed (index ${target!.name})`);
    return target!;
  }

  /** All at one instant, or none. */
  updateAliases(actions: readonly AliasAction[]): void {
    const after = new Map([...this.indices.values()].map((index) => [index.name, new Map(index.aliases)]));
    let effective = 0;
    for (const action of actions) effective += this.applied(action, after) ? 1 : 0;
    const [first] = actions;
    if (effective === 0 && first) throw aliasesMissing('remove' in first ? first.remove.alias : '');
    const taken = [...after].flatMap(([, aliases]) => [...aliases.keys()]).find((alias) => after.has(alias));
    if (taken !== undefined)
      throw refused(
        'invalid_alias_name_exception',
        `Invalid alias name [${taken}]: an index or data stream exists with the same name as the alias`,
      );
    this.indices = new Map([...this.indices].filter(([name]) => after.has(name)));
    for (const [name, aliases] of after) {
      const index = this.indices.get(name)!;
      index.aliases.clear();
      for (const [alias, options] of aliases) index.aliases.set(alias, options);
    }
  }

  all(): readonly MemoryIndex[] {
    return [...this.indices.values()];
  }

  private applied(action: AliasAction, after: Map<string, Map<string, { readonly isWriteIndex: boolean }>>): boolean {
    if ('add' in action) {
      assertClaimed('the alias action add', action.add, ['index', 'alias']);
      this.assertAlias(action.add.alias);
      const aliases = this.aliasesOf(action.add.index, after);
      aliases.set(action.add.alias, aliases.get(action.add.alias) ?? { isWriteIndex: false });
      return true;
    }
    if ('remove_index' in action) {
      const { index } = action.remove_index;
      if (!this.indices.has(index)) throw this.ofAlias(index).length > 0 ? matchesAlias(index) : missing(index);
      return after.delete(index);
    }
    assertClaimed('the alias action remove', action.remove, ['index', 'alias', 'must_exist']);
    const { index, alias, must_exist } = action.remove;
    const removed = this.aliasesOf(index, after).delete(alias);
    if (!removed && must_exist) throw aliasesMissing(alias);
    return removed;
  }

  private aliasesOf<Aliases>(name: string, after: ReadonlyMap<string, Aliases>): Aliases {
    const aliases = after.get(name);
    if (aliases) return aliases;
    throw this.ofAlias(name).length > 0 ? matchesAlias(name) : missing(name);
  }

  private assertAlias(alias: string): void {
    if (this.indices.has(alias))
      throw refused(
        'invalid_alias_name_exception',
        `Invalid alias name [${alias}]: an index or data stream exists with the same name as the alias`,
      );
  }

  private byName(name: string): readonly MemoryIndex[] {
    const index = this.indices.get(name);
    return index ? [index] : this.ofAlias(name);
  }

  private ofAlias(alias: string): readonly MemoryIndex[] {
    return [...this.indices.values()].filter(({ aliases }) => aliases.has(alias));
  }
}

function missing(name: string): SearchNotFoundError {
  return new SearchNotFoundError('index', name, 'create it with search.ensureIndices()');
}

function matchesAlias(name: string) {
  return refused(
    'illegal_argument_exception',
    `The provided expression [${name}] matches an alias, specify the corresponding concrete indices instead.`,
  );
}

function aliasesMissing(alias: string) {
  return refused('aliases_not_found_exception', `aliases [${alias}] missing`, 404);
}
