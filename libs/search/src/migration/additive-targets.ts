import type { SearchEngine } from '../contracts/engine.js';
import { SearchIndexMismatchError } from '../errors/model.errors.js';
import type { IndexTargets, WriteTarget } from '../indexing/index-targets.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { putAddition } from './addition.js';
import { planOf } from './plan.js';

type Engine = Pick<SearchEngine, 'readIndices' | 'putMapping' | 'putSettings'>;

/**
 * Targets of a model that only adds to what the index has: searches and writes work while its documents are still to be
 * written again. A write puts the new fields in place first, as a strict mapping refuses documents with others.
 */
export class AdditiveTargets implements IndexTargets {
  private readonly searched = new WeakSet<IndexDefinition>();
  private readonly written = new WeakSet<IndexDefinition>();

  constructor(
    private readonly plain: IndexTargets,
    private readonly engine: Engine,
  ) {}

  async ready(definition: IndexDefinition): Promise<void> {
    if (this.searched.has(definition)) return;
    try {
      await this.plain.ready(definition);
    } catch (error) {
      await this.additiveIndex(definition, error);
      this.searched.add(definition);
    }
  }

  async of(definition: IndexDefinition): Promise<readonly WriteTarget[]> {
    if (!this.written.has(definition)) {
      try {
        return await this.plain.of(definition);
      } catch (error) {
        await putAddition(this.engine, definition, await this.additiveIndex(definition, error));
        this.written.add(definition);
      }
    }
    return [{ index: definition.alias, role: 'live' }];
  }

  /** @throws `error` unless the model only adds to the index. */
  private async additiveIndex(definition: IndexDefinition, error: unknown): Promise<string> {
    if (!(error instanceof SearchIndexMismatchError) || error.mismatch !== 'model') throw error;
    const [live, ...others] = await this.engine.readIndices(definition.alias);
    if (!live || others.length > 0 || planOf(definition, live).action === 'rebuild') throw error;
    return live.index;
  }
}
