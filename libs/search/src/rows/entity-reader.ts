import type { EntityManager, EntityMetadata, EntityProperty, FlushMode, MikroORM } from '@mikro-orm/core';
import { keyOf, type DocumentKey } from '../document/document-builder.js';
import { UnreadableRow } from '../document/unreadable-row.js';
import { planOfClass, populatePlan, type PopulatePlan } from '../document/populate-plan.js';
import { SearchHookError } from '../errors/query.errors.js';
import type { IndexModel, Pivot } from '../metadata/index-model.js';
import { keyIn, primaryKeyParts, type KeyPart } from '../metadata/key-parts.js';
import { copyOfWhere } from '../metadata/where-values.js';
import { isRelation, isToOneOwner, relationOf } from '../metadata/orm-property.js';
import type { EntityClass } from '../metadata/recorder.js';
import { readBranches } from './branches.js';
import { fittingKeys, keyOfId } from './fitting-keys.js';
import { afterKey, keyOrder, keyProperties, nested, withForeignKeys, withKeys } from './key-conditions.js';
import { foreignKeysOf, type ForeignKey } from './foreign-keys.js';
import { foreignKeyIn } from './key-held.js';
import { RowPaths } from './row-paths.js';
import { isFaultOfRow, readApart } from './row-fault.js';

export type PrimaryKey = DocumentKey;

/** Which rows: the ORM's own conditions. */
export type RowScope = Readonly<Record<string, unknown>>;

/** What is needed of the ORM: a source of entity managers, and the metadata. */
export type Orm = Pick<MikroORM, 'em' | 'getMetadata' | 'config'>;

/** The ORM's own types need the entity at compile time; here it is known at run time only. */
export interface Finder {
  find(entity: unknown, where: object, options: object): Promise<object[]>;
  count(entity: unknown, where: object, options: object): Promise<number>;
}

/**
 * How rows are read that decide documents: a replica lags, and a cache is older still. What was read too early would
 * stay in the index for good, as its version is newer than the commit.
 */
export const FROM_PRIMARY = Object.freeze({ connectionType: 'write', cache: false });

/**
 * Reads entities for documents from the primary, each time with a fork of its own: every statement sees what is
 * committed then, and what was read is free to go. Entity filters do not apply. Keys are those of documents.
 */
export class EntityReader {
  private readonly plans = new WeakMap<IndexModel, PopulatePlan>();

  constructor(private readonly orm: Orm) {}

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
      const rows = await this.load(model, where, this.ordered(model, size));
      return rows.every((row) => hasKey(model, row)) ? rows : await this.pageApart(model, after, size, scope);
    } catch (error) {
      const nothing = { $and: [where, withKeys(model.identity.parts, [])] };
      if (!(await isFaultOfRow(error, () => this.load(model, nothing, this.ordered(model, size))))) throw error;
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
    const options = { fields, filters: false, ...FROM_PRIMARY, ...this.ordered(model, size) };
    const rows = await this.fork().find(model.entity, where, options);
    return rows.map((row) => keyOf(model, row));
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

  /** Whether relations, and at last perhaps the primary key, lead along `path` in the model of this process. */
  knowsPath(model: IndexModel, path: readonly string[]): boolean {
    return this.pathsWithin(undefined, 1).knows(this.metaOf(model), path);
  }

  /**
   * Keys, in pages and in order, of the documents whose entities reach one of `keys` over `path`: relations, or the
   * primary key. A key may come twice where rows of several classes, or conditions of collections, are on the way.
   *
   * @param within reads inside the transaction of this entity manager
   */
  async *keysReaching(
    model: IndexModel,
    path: readonly string[],
    keys: readonly DocumentKey[],
    size: number,
    within?: EntityManager,
  ): AsyncGenerator<readonly DocumentKey[]> {
    const paths = this.pathsWithin(within, size);
    for await (const where of paths.conditions(this.metaOf(model), path, keys))
      yield* this.pagesOfKeys(model.entity, where, {
        parts: model.identity.parts,
        fields: keyFields(model),
        size,
        within,
      });
  }

  /** Primary keys, in pages and in order, of the rows whose foreign key at `path` leads to one of `keys`. */
  async *keysLeading(
    { entity, path, target, targetKey }: ForeignKey,
    keys: readonly DocumentKey[],
    size: number,
    within?: EntityManager,
  ): AsyncGenerator<readonly DocumentKey[]> {
    const meta = this.orm.getMetadata().get<object>(entity as never) as EntityMetadata;
    const parts = primaryKeyParts(meta);
    const pages = (where: object) =>
      this.pagesOfKeys(entity, where, { parts, fields: keyProperties(parts), size, within });
    if (targetKey !== undefined) {
      yield* pages(nested(path, { $in: await this.valuesOf(target, targetKey, keys, within) }));
      return;
    }
    for await (const where of this.pathsWithin(within, size).conditions(meta, path, keys)) yield* pages(where);
  }

  private async valuesOf(
    entity: EntityClass,
    property: string,
    keys: readonly DocumentKey[],
    within?: EntityManager,
  ): Promise<unknown[]> {
    const meta = this.orm.getMetadata().get<object>(entity as never) as EntityMetadata;
    const options = { fields: [...meta.primaryKeys, property], filters: false, ...FROM_PRIMARY };
    const rows = await this.fork(within).find(entity, withKeys(primaryKeyParts(meta), keys), options);
    return rows.map((row) => (row as Readonly<Record<string, unknown>>)[property]);
  }

  /** By which the database changes rows of its own accord. */
  foreignKeys(): ForeignKey[] {
    const { defaultDeleteRule } = this.orm.config.get('schemaGenerator') as { readonly defaultDeleteRule?: string };
    return foreignKeysOf([...this.orm.getMetadata()] as EntityMetadata[], defaultDeleteRule);
  }

  /** Keys that to-one properties of these rows hold now, without those of rows that hold none. */
  async keysHeld(
    entity: EntityClass,
    keys: readonly DocumentKey[],
    properties: readonly string[],
    within?: EntityManager,
  ): Promise<DocumentKey[]> {
    if (keys.length === 0) return [];
    const meta = this.orm.getMetadata().get<object>(entity as never) as EntityMetadata;
    const rows = await this.fork(within).find(entity, withKeys(primaryKeyParts(meta), keys), {
      fields: [...meta.primaryKeys, ...properties],
      filters: false,
      ...FROM_PRIMARY,
    });
    return rows.flatMap((row) =>
      properties.flatMap((name) => {
        const key = foreignKeyIn(meta, name, row);
        return key === undefined ? [] : [key as DocumentKey];
      }),
    );
  }

  /** Primary keys of rows by the ORM's conditions. */
  async keysWhere(entity: EntityClass, where: object, within?: EntityManager): Promise<DocumentKey[]> {
    const meta = this.orm.getMetadata().get<object>(entity as never) as EntityMetadata;
    const options = { fields: [...meta.primaryKeys], filters: false, ...FROM_PRIMARY };
    const rows = await this.fork(within).find(entity, where, options);
    return rows.map((row) => keyIn(primaryKeyParts(meta), row));
  }

  /** Lets the database compare the first row with these conditions: it refuses them, or not. */
  async compare(entity: EntityClass, where: object): Promise<void> {
    const parts = primaryKeyParts(this.orm.getMetadata().get<object>(entity as never) as EntityMetadata);
    const options = { fields: keyProperties(parts), filters: false, ...FROM_PRIMARY };
    const rows = await this.fork().find(entity, {}, { ...options, orderBy: keyOrder(parts), limit: 1 });
    const keys = rows.map((row) => keyIn(parts, row));
    await this.fork().find(entity, { $and: [where, withKeys(parts, keys)] }, options);
  }

  /** The entity that stands for a row of a many-to-many relation. */
  pivotOf(property: EntityProperty): Pivot | undefined {
    return relationOf(property, [...this.orm.getMetadata()]).pivot;
  }

  /** Primary keys of the rows of a pivot that lead to `owner`, and to one of `members` unless all count. */
  async keysOfPairs(
    pivot: Pivot,
    owner: DocumentKey,
    members: readonly DocumentKey[] | undefined,
    within?: EntityManager,
  ): Promise<DocumentKey[]> {
    const meta = this.orm.getMetadata().get<object>(pivot.entity as never) as EntityMetadata;
    const leading = (property: string, keys: readonly DocumentKey[]): object =>
      nested([property], withForeignKeys(propertiesOf(meta)[property]!.targetMeta!, keys));
    const some = members ? [leading(pivot.member, members)] : [];
    return this.keysWhere(pivot.entity, { $and: [leading(pivot.owner, [owner]), ...some] }, within);
  }

  /** The primary key of a row of a pivot; `undefined` where it has a column of its own. */
  keyOfPair({ entity, owner, member }: Pivot, ownerRow: object, memberRow: object): DocumentKey | undefined {
    const meta = this.orm.getMetadata().get<object>(entity as never) as EntityMetadata;
    const key = keyIn(primaryKeyParts(meta), { [owner]: ownerRow, [member]: memberRow });
    return [key].flat().every((value) => value !== undefined && value !== null) ? key : undefined;
  }

  private async ownersByPivot(
    pivot: Pivot,
    members: readonly DocumentKey[],
    within?: EntityManager,
  ): Promise<DocumentKey[]> {
    const where = { [pivot.member]: { $in: [...members] } };
    const options = { fields: [pivot.owner], filters: false, ...FROM_PRIMARY };
    const rows = await this.fork(within).find(pivot.entity, where, options);
    const meta = this.orm.getMetadata().get<object>(pivot.entity as never) as EntityMetadata;
    const owners = rows.map((row) => foreignKeyIn(meta, pivot.owner, row) as DocumentKey);
    return [...new Map(owners.map((key) => [String(key), key])).values()];
  }

  private pathsWithin(within: EntityManager | undefined, size: number): RowPaths {
    return new RowPaths(
      [...this.orm.getMetadata()],
      (entity, where) => {
        const meta = this.orm.getMetadata().get<object>(entity as never) as EntityMetadata;
        const parts = primaryKeyParts(meta);
        return this.pagesOfKeys(entity, where, { parts, fields: keyProperties(parts), size, within });
      },
      (entity, keys, property) => this.keysHeld(entity, keys, [property], within),
      (pivot, members) => this.ownersByPivot(pivot, members, within),
    );
  }

  private async *pagesOfKeys(
    entity: EntityClass,
    condition: object,
    { parts, fields, size, within }: KeyPages,
  ): AsyncGenerator<readonly DocumentKey[]> {
    let after: DocumentKey | undefined;
    do {
      const where = after === undefined ? condition : { $and: [condition, afterKey(parts, after)] };
      const page = await this.fork(within).find(entity, where, {
        fields,
        filters: false,
        ...FROM_PRIMARY,
        orderBy: keyOrder(parts),
        limit: size,
      });
      const found = page.map((row) => keyIn(parts, row));
      if (found.length > 0) yield found;
      after = found.length < size ? undefined : found.at(-1);
    } while (after !== undefined);
  }

  /** The key that a document's id stands for. */
  keyOfId(model: IndexModel, id: string): DocumentKey {
    return keyOfId(model, id);
  }

  private async loadWhole(...given: Parameters<EntityReader['load']>): Promise<object[]> {
    return (await this.load(...given)).filter((row) => hasKey(given[0], row));
  }

  private async load(model: IndexModel, where: object, options: object, within?: EntityManager): Promise<object[]> {
    const em = this.forked(within);
    const entities = model.tree?.apart
      ? await this.loadApart(model, model.tree.apart, { where, options, within, em })
      : await this.loadOfClass(em, model.entity, where, this.planOf(model), options);
    const { preload } = model.hooks;
    if (!preload || entities.length === 0) return entities;
    try {
      await this.onPrimary(em, () => preload(entities, em));
    } catch (cause) {
      throw new SearchHookError('preload', model.entity.name, undefined, { cause });
    }
    return entities;
  }

  private async loadOfClass(
    em: EntityManager,
    entity: EntityClass,
    where: object,
    { fields, populate, where: elements, branches }: PopulatePlan,
    options: object = {},
  ): Promise<object[]> {
    const meta = this.orm.getMetadata().get<object>(entity as never) as EntityMetadata;
    const loading = {
      fields: [...new Set([...meta.primaryKeys, ...fields])],
      populate,
      ...(Object.keys(elements).length > 0 ? { populateWhere: copyOfWhere(elements) } : {}),
      strategy: 'select-in',
      filters: false,
      ...FROM_PRIMARY,
    };
    const rows = await (em as unknown as Finder).find(entity, where, { ...loading, ...options });
    await readBranches(rows, branches, (of, which, plan) => this.loadOfClass(em, of, which, plan));
    return rows;
  }

  /** Which rows and in which order the base says; what they hold, each class for itself. */
  private async loadApart(
    model: IndexModel,
    classes: readonly EntityClass[],
    {
      where,
      options,
      within,
      em,
    }: { where: object; options: object; within: EntityManager | undefined; em: EntityManager },
  ): Promise<object[]> {
    const fields = keyFields(model);
    const bases = await this.fork(within).find(model.entity, where, {
      fields,
      filters: false,
      ...FROM_PRIMARY,
      ...options,
    });
    const keys = bases.map((row) => keyOf(model, row));
    const found = new Map<string, object>();
    for (const entity of classes) {
      const missing = keys.filter((key) => !found.has(String(key)));
      if (missing.length === 0) break;
      const plan = planOfClass(model.sources, entity, (...given) => this.columnsOf(...given));
      for (const row of await this.loadOfClass(em, entity, withKeys(model.identity.parts, missing), plan))
        found.set(String(keyOf(model, row)), row);
    }
    const missing = keys.filter((key) => !found.has(String(key)));
    const there = missing.length > 0 ? await this.keysThere(model, missing, within) : [];
    return keys.flatMap((key) => {
      const row = found.get(String(key));
      if (row) return [row];
      // It went, or became another, between the two queries.
      if (!there.includes(String(key))) return [];
      const reason = `no table of ${classes.map(({ name }) => name).join(', ')} has its row`;
      return [new UnreadableRow(key, new Error(reason))];
    });
  }

  private async keysThere(
    model: IndexModel,
    keys: readonly DocumentKey[],
    within: EntityManager | undefined,
  ): Promise<string[]> {
    const options = { fields: keyFields(model), filters: false, ...FROM_PRIMARY };
    const rows = await this.fork(within).find(model.entity, withKeys(model.identity.parts, keys), options);
    return rows.map((row) => String(keyOf(model, row)));
  }

  /** Statements of a hook name no connection: inside a transaction they all go to the primary. */
  private async onPrimary(em: EntityManager, read: () => unknown): Promise<void> {
    const replicas = this.orm.config.get('replicas') as readonly unknown[] | undefined;
    if (!replicas?.length || em.isInTransaction()) return void (await read());
    await em.begin();
    try {
      await read();
    } finally {
      await em.rollback();
    }
  }

  private ordered(model: IndexModel, limit: number): object {
    return { orderBy: keyOrder(model.identity.parts), limit };
  }

  private planOf(model: IndexModel): PopulatePlan {
    const plan =
      this.plans.get(model) ?? populatePlan(model.sources, model.entity, (...given) => this.columnsOf(...given));
    this.plans.set(model, plan);
    return plan;
  }

  /** Columns of the entity at the end of `owner`, foreign keys among them. */
  private columnsOf(root: EntityClass, owner: readonly string[]): string[] {
    const first = this.orm.getMetadata().get<object>(root as never) as EntityMetadata;
    const meta = owner.reduce((current, step) => propertiesOf(current)[step]!.targetMeta!, first);
    const loadable = Object.values(propertiesOf(meta)).filter(
      (property) => property.persist !== false && !property.embedded,
    );
    const held = loadable.filter((property) => !isRelation(property) || isToOneOwner(property));
    return held.map(({ name }) => name);
  }

  private metaOf(model: IndexModel): EntityMetadata {
    return this.orm.getMetadata().get<object>(model.entity as never) as EntityMetadata;
  }

  private fork(within?: EntityManager): Finder {
    return this.forked(within);
  }

  private forked(within?: EntityManager): EntityManager {
    return withoutCache(within?.fork({ ...READING, keepTransactionContext: true }) ?? this.orm.em.fork(READING));
  }
}

/**
 * A query flushes what was changed before: by a hook, or only seemingly, as the ORM takes a value that it read twice for a
 * change. Reading documents must never write rows.
 */
const READING = Object.freeze({ flushMode: 'commit' as FlushMode });

/** `cache: false` does not reach the queries that load relations, nor those of hooks: a cache for all finds would answer them. */
function withoutCache(em: EntityManager): EntityManager {
  return Object.assign(em, { tryCache: () => Promise.resolve(undefined), storeCache: () => Promise.resolve() });
}

/**
 * Rows of relations are read after the row that leads to them. One that went meanwhile is `null` there, also where the
 * database has no null: the row has another key or shard by now, or went with it.
 */
function hasKey({ keys }: IndexModel, row: object): boolean {
  return row instanceof UnreadableRow || keys.every(({ name }) => (row as Record<string, unknown>)[name] !== null);
}

/** What is read of a row for its key alone. */
function keyFields(model: IndexModel): string[] {
  return [...new Set([...model.primaryKeys, ...keyProperties(model.identity.parts)])];
}

/** Rows of which all of this holds, and that are to have a document as far as the database decides that. */
function conditioned({ condition }: IndexModel, ...wheres: readonly (object | undefined)[]): object {
  const all = [...wheres, condition?.where?.()].filter((where) => where !== undefined);
  return all.length > 1 ? { $and: all } : (all[0] ?? {});
}

interface KeyPages {
  readonly parts: readonly KeyPart[];
  /** What is read of each row. */
  readonly fields: readonly string[];
  readonly size: number;
  readonly within: EntityManager | undefined;
}

function propertiesOf(meta: EntityMetadata): Record<string, EntityProperty> {
  return meta.properties as Record<string, EntityProperty>;
}
