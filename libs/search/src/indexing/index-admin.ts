import type { CallOptions, SearchEngine } from '../contracts/engine.js';
import type { IndexState } from '../contracts/index-body.js';
import { SearchIndexMismatchError } from '../errors/model.errors.js';
import { firstIndexOf, hashOf, type IndexDefinition } from '../mapping/index-definition.js';
import { generationOf } from '../mapping/index-name.js';
import { requirePlugins } from './required-plugins.js';

/** Creates the index of a definition and checks that the one which is there fits. */
export class IndexAdmin {
  private readonly ready = new Map<string, Promise<void>>();

  constructor(private readonly engine: SearchEngine) {}

  /**
   * Creates index and alias when they are missing. Asks the engine once per definition, whoever waits for it, so it
   * follows no caller's signal; after a failure the next call tries again.
   *
   * @throws SearchIndexMismatchError when the live index was made from another model; SearchModelError when the engine lacks
   * a plug-in of `analysis.plugins`.
   */
  ensure(definition: IndexDefinition): Promise<void> {
    const { alias } = definition;
    const known = this.ready.get(alias);
    if (known) return known;
    const asking = this.createOrCheck(definition).catch((error: unknown) => {
      this.ready.delete(alias);
      throw error;
    });
    this.ready.set(alias, asking);
    return asking;
  }

  /** Deletes the index with all its documents and creates it anew. */
  async recreate(definition: IndexDefinition, options?: CallOptions): Promise<void> {
    this.ready.delete(definition.alias);
    const live = (await this.engine.readIndices(definition.alias, options)).map(({ index }) => index);
    for (const index of new Set([...live, ...(await this.generations(definition, options))]))
      await this.engine.deleteIndex(index, options);
    await this.ensure(definition);
  }

  /** Asks the engine again at the next {@link ensure}. */
  forget({ alias }: IndexDefinition): void {
    this.ready.delete(alias);
  }

  /** Concrete indices that were made for the alias, whether it points to them or not. */
  private async generations({ alias }: IndexDefinition, options?: CallOptions): Promise<string[]> {
    const indices = await this.engine.readIndices(`${alias}-v*-*`, options);
    return indices.map(({ index }) => index).filter((index) => generationOf(alias, index) !== undefined);
  }

  private async createOrCheck(definition: IndexDefinition): Promise<void> {
    const { alias, body } = definition;
    await requirePlugins(this.engine, definition);
    const existing = await this.engine.readIndices(alias);
    if (existing.length > 0) return check(definition, existing);
    const index = firstIndexOf(definition);
    const others = (await this.generations(definition)).filter((name) => name !== index);
    // An empty index under the alias would hide them.
    if (others.length > 0)
      throw new SearchIndexMismatchError(
        alias,
        others.join(', '),
        'has no alias',
        'Give the alias to the one that holds the documents',
      );
    const created = await this.engine.createIndex(index, { ...body, aliases: { [alias]: { is_write_index: true } } });
    // Another process made it at the same time, or an earlier one lost its alias.
    if (created === 'exists') await this.engine.updateAliases([{ add: { index, alias } }]);
  }
}

function check({ alias, hash, model }: IndexDefinition, existing: readonly IndexState[]): void {
  const [live, ...others] = existing;
  if (!live) return;
  const mismatch = (problem: string, remedy: string, what?: 'model'): never => {
    throw new SearchIndexMismatchError(alias, existing.map(({ index }) => index).join(', '), problem, remedy, what);
  };
  if (others.length > 0) mismatch('is several indices behind one alias', 'Remove the alias from all but one');
  if (live.index === alias) mismatch('has the name that the alias needs', 'Change the `prefix` or @Indexed({ name })');
  const made = hashOf(live.meta);
  if (made === undefined)
    mismatch('was made by another program', `Run \`search migrate ${model.name}\`, or change the \`prefix\``);
  if (made !== hash) {
    mismatch(
      'was made from another model',
      `Run \`search migrate ${model.name}\`, or go back to the model it was made from`,
      'model',
    );
  }
}
