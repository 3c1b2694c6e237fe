import type { EntityManager } from '@mikro-orm/core';
import { keyOf, type DocumentKey } from '../document/document-builder.js';
import { UnreadableRow } from '../document/unreadable-row.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { EntityClass } from '../metadata/recorder.js';
import { fittingKeys, keyOfId } from './fitting-keys.js';
import { afterKey, keyOrder, withKeys } from './key-conditions.js';
import { KeyReader } from './key-reader.js';
import { plainKey } from './plain-key.js';
import { conditioned, FROM_PRIMARY, keyFields, metaOf, type Finder, type Orm } from './reading.js';
import { isFaultOfRow, readApart } from './row-fault.js';
import { RowLoader } from './row-loader.js';

export type PrimaryKey = DocumentKey;

/** Which rows: the ORM's own conditions. */
export type RowScope = Readonly<Record<string, unknown>>;
export type { Finder, Orm } from './reading.js';

/**
 * Reads entities for documents from the primary, each time with a fork of its own: every statement sees what is
 * committed then, and what was read is free to go. Entity filters do not apply. Keys are those of documents.
 */
export class EntityReader extends KeyReader {
  private readonly rows: RowLoader;

  constructor(orm: Orm) {
    super(orm);
    this.rows = new RowLoader(orm);
  }

  /**
   * Entities with all that their documents hold, in key order: one query, and one more per relation. Missing keys are
   * left out, and rows that are to have no document by the conditions in SQL; an `UnreadableRow` stands for a row that the database, the ORM or `preload` cannot read.
   *
   * @param within reads inside the transaction of this entity manager, all or nothing: after an error PostgreSQL would answer
   * no other query of that transaction
   */
  byKeys(model: IndexModel, keys: readonly DocumentKey[], within?: EntityManager): Promise<object[]> {
    const fitting = this.fitting(model, keys);
    if (within === undefined) return this.readApart(model, fitting);
    return this.loadWhole(model, conditioned(model, withKeys(model.identity.parts, fitting)), {}, within);
  }

  /** The next `size` entities that may have a document, in key order; an `UnreadableRow` stands for one that cannot be read. */
  async pageAfter(
    model: IndexModel,
    after: DocumentKey | undefined,
    size: number,
    scope?: RowScope,
  ): Promise<object[]> {
    // Rows of several tables may go while they are read: the page is filled up then.
    if (model.tree?.apart) return this.pageApart(model, after, size, scope);
    const where = this.following(model, after, scope);
    try {
      const rows = await this.rows.load(model, where, this.ordered(model, size));
      return rows.every((row) => hasKey(model, row)) ? rows : await this.pageApart(model, after, size, scope);
    } catch (error) {
      const nothing = { $and: [where, withKeys(model.identity.parts, [])] };
      if (!(await isFaultOfRow(error, () => this.rows.load(model, nothing, this.ordered(model, size))))) throw error;
      return this.pageApart(model, after, size, scope);
    }
  }

  /** The keys of the page are read alone first. */
  private async pageApart(
    model: IndexModel,
    after: DocumentKey | undefined,
    size: number,
    scope: RowScope | undefined,
  ): Promise<object[]> {
    const keys = await this.keysAfter(model, after, size, scope);
    const rows = await this.readApart(model, keys);
    // Rows that went meanwhile: a page that is not full would be the last.
    const missing = keys.length === size ? size - rows.length : 0;
    return missing > 0 ? [...rows, ...(await this.pageAfter(model, keys.at(-1), missing, scope))] : rows;
  }

  private readApart(model: IndexModel, keys: readonly DocumentKey[]): Promise<object[]> {
    const { parts } = model.identity;
    const orderBy = { orderBy: keyOrder(parts) };
    return readApart<DocumentKey, object>(
      keys,
      (some) => this.loadWhole(model, conditioned(model, withKeys(parts, some)), orderBy),
      (key, error) => [new UnreadableRow(key, error)],
    );
  }

  /** Keys of all rows of a scope in their order, page by page: no row is read whole. */
  async *keyPages(model: IndexModel, size: number, scope?: RowScope): AsyncGenerator<readonly DocumentKey[]> {
    for (let page = await this.keysAfter(model, undefined, size, scope); page.length > 0;) {
      yield page;
      page = page.length < size ? [] : await this.keysAfter(model, page.at(-1), size, scope);
    }
  }

  private async keysAfter(
    model: IndexModel,
    after: DocumentKey | undefined,
    size: number,
    scope: RowScope | undefined,
  ): Promise<DocumentKey[]> {
    const fields = keyFields(model);
    const where = this.following(model, after, scope);
    const plain = scope === undefined ? plainKey(model, metaOf(this.orm, model.entity)) : undefined;
    if (plain !== undefined) {
      const { connectionType } = FROM_PRIMARY;
      const asked = { fields, connectionType, ...this.ordered(model, size) };
      const driver = this.orm.em.getDriver() as unknown as Pick<Finder, 'find'>;
      const rows = await driver.find(this.nameForDriver(model.entity), where, asked);
      return rows.map((row) => (row as Readonly<Record<string, DocumentKey>>)[plain]!);
    }
    const options = { fields, filters: false, ...FROM_PRIMARY, ...this.ordered(model, size) };
    const rows = await this.fork().find(model.entity, where, options);
    return rows.map((row) => keyOf(model, row));
  }

  /** MikroORM 6 keys entities by their names there, 7 by their classes. */
  private nameForDriver(entity: EntityClass): unknown {
    return 'getByClassName' in this.orm.getMetadata() ? entity : entity.name;
  }

  private following(model: IndexModel, after: DocumentKey | undefined, scope: RowScope | undefined): object {
    const next = after === undefined ? undefined : afterKey(model.identity.parts, after);
    return conditioned(model, scope, next);
  }

  private fitting(model: IndexModel, keys: readonly DocumentKey[]): DocumentKey[] {
    return fittingKeys(keys, model.identity.parts);
  }

  /** Of these keys, those of rows that are there and fulfil the conditions in SQL. One that the database refuses as a key is of no row. */
  async present(model: IndexModel, keys: readonly DocumentKey[], scope?: RowScope): Promise<DocumentKey[]> {
    const fields = keyFields(model);
    return readApart<DocumentKey, DocumentKey>(
      this.fitting(model, keys),
      async (some) => {
        const where = conditioned(model, scope, withKeys(model.identity.parts, some));
        const rows = await this.fork().find(model.entity, where, { fields, filters: false, ...FROM_PRIMARY });
        return rows.map((row) => keyOf(model, row));
      },
      () => [],
    );
  }

  count(model: IndexModel, scope?: RowScope): Promise<number> {
    return this.fork().count(model.entity, conditioned(model, scope), { filters: false, ...FROM_PRIMARY });
  }
  /** The key that a document's id stands for. */
  keyOfId(model: IndexModel, id: string): DocumentKey {
    return keyOfId(model, id);
  }

  private async loadWhole(...given: Parameters<RowLoader['load']>): Promise<object[]> {
    return (await this.rows.load(...given)).filter((row) => hasKey(given[0], row));
  }
  private ordered(model: IndexModel, limit: number): object {
    return { orderBy: keyOrder(model.identity.parts), limit };
  }
}

/**
 * Rows of relations are read after the row that leads to them. One that went meanwhile is `null` there, also where the
 * database has no null: the row has another key or shard by now, or went with it.
 */
function hasKey({ keys }: IndexModel, row: object): boolean {
  return row instanceof UnreadableRow || keys.every(({ name }) => (row as Record<string, unknown>)[name] !== null);
}
