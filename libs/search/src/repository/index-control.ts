import type { CallOptions, SearchEngine } from '../contracts/engine.js';
import type { FieldMapping, IndexSettings } from '../contracts/index-body.js';
import type { IndexStats, IndexStatus } from '../contracts/index-port.js';
import { SearchNotFoundError } from '../errors/engine.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { CALL_OPTIONS, checkCall } from '../support/call-options.js';
import { anObject, aText, type OptionTable } from '../support/option-table.js';
import type { IndexAdmin } from '../indexing/index-admin.js';

export interface AddAliasOptions extends CallOptions {
  /** A query in the language of the engine. */
  readonly filter?: Readonly<Record<string, unknown>>;
  readonly routing?: string;
}

const ADD_ALIAS: OptionTable<AddAliasOptions> = { ...CALL_OPTIONS, filter: anObject, routing: aText };

/**
 * The index itself, not its documents.
 *
 * @example
 * await passages.control.putSettings({ refresh_interval: '30s' });
 */
export class IndexControl {
  /** @internal The library makes it. */
  constructor(
    private readonly definition: IndexDefinition,
    private readonly engine: SearchEngine,
    private readonly admin: IndexAdmin,
  ) {}

  /** Creates it from the model when it is missing. @throws SearchIndexMismatchError when it was made from another one. */
  create(): Promise<void> {
    return this.admin.ensure(this.definition);
  }

  async status(options?: CallOptions): Promise<IndexStatus> {
    checkCall('control.status', options, CALL_OPTIONS);
    return this.engine.indexStatus(this.definition.alias, options);
  }

  async exists(options?: CallOptions): Promise<boolean> {
    checkCall('control.exists', options, CALL_OPTIONS);
    return (await this.status(options)) !== 'missing';
  }

  /** Adds fields that the model does not have. A field that is there cannot become another. */
  async putMapping(properties: Readonly<Record<string, FieldMapping>>, options?: CallOptions): Promise<void> {
    checkCall('control.putMapping', options, CALL_OPTIONS);
    return this.engine.putMapping(this.definition.alias, { properties }, options);
  }

  /** Dynamic settings at any time; the others between `close()` and `open()`. */
  async putSettings(settings: IndexSettings, options?: CallOptions): Promise<void> {
    checkCall('control.putSettings', options, CALL_OPTIONS);
    return this.engine.putSettings(this.definition.alias, settings, options);
  }

  async open(options?: CallOptions): Promise<void> {
    checkCall('control.open', options, CALL_OPTIONS);
    return this.engine.openIndex(this.definition.alias, options);
  }

  /** Keeps the data; reads and writes fail until `open()`. */
  async close(options?: CallOptions): Promise<void> {
    checkCall('control.close', options, CALL_OPTIONS);
    return this.engine.closeIndex(this.definition.alias, options);
  }

  /** Deletes the index with all its documents; nothing happens when there is none. */
  async delete(options?: CallOptions): Promise<void> {
    checkCall('control.delete', options, CALL_OPTIONS);
    this.admin.forget(this.definition);
    for (const { index } of await this.engine.readIndices(this.definition.alias, options))
      await this.engine.deleteIndex(index, options);
  }

  async stats(options?: CallOptions): Promise<IndexStats> {
    checkCall('control.stats', options, CALL_OPTIONS);
    return this.engine.indexStats(this.definition.alias, options);
  }

  /** All names that lead to the index, its own alias among them. */
  async aliases(options?: CallOptions): Promise<readonly string[]> {
    checkCall('control.aliases', options, CALL_OPTIONS);
    return (await this.engine.readIndices(this.definition.alias, options)).flatMap(({ aliases }) => aliases);
  }

  /**
   * Another name for searches, of all documents or of those that `filter` matches; `routing` sends its searches to
   * one shard. A migration moves it with the index.
   *
   * @throws SearchNotFoundError
   * @example await orders.control.addAlias('orders-acme', { filter: { term: { tenant: 'acme' } }, routing: 'acme' });
   */
  async addAlias(alias: string, options: AddAliasOptions = {}): Promise<void> {
    checkCall('control.addAlias', options, ADD_ALIAS);
    const { filter, routing, ...call } = options;
    const shown = {
      ...(filter ? { filter } : {}),
      ...(routing === undefined ? {} : { search_routing: routing, index_routing: routing }),
    };
    return this.changeAlias((index) => ({ add: { index, alias, ...shown } }), call);
  }

  async removeAlias(alias: string, options?: CallOptions): Promise<void> {
    checkCall('control.removeAlias', options, CALL_OPTIONS);
    return this.changeAlias((index) => ({ remove: { index, alias } }), options);
  }

  private async changeAlias(
    action: (index: string) => Parameters<SearchEngine['updateAliases']>[0][number],
    options?: CallOptions,
  ): Promise<void> {
    const indices = await this.engine.readIndices(this.definition.alias, options);
    if (indices.length === 0)
      throw new SearchNotFoundError('index', this.definition.alias, 'create it with search.ensureIndices()');
    await this.engine.updateAliases(
      indices.map(({ index }) => action(index)),
      options,
    );
  }
}
