import type { EntityManager, EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { IndexModel, Pivot } from '../metadata/index-model.js';
import { keyIn, primaryKeyParts, shortestPath, type DocumentKey, type KeyPart } from '../metadata/key-parts.js';
import { propertiesOf, relationOf } from '../metadata/orm-property.js';
import type { EntityClass } from '../metadata/recorder.js';
import { foreignKeysOf, type ForeignKey } from './foreign-keys.js';
import { afterKey, keyOrder, keyProperties, nested, withForeignKeys, withKeys } from './key-conditions.js';
import { foreignKeyIn } from './key-held.js';
import { forkOf, FROM_PRIMARY, keyFields, metaOf, type Finder, type Orm } from './reading.js';
import { RowPaths } from './row-paths.js';

/** Looks for rows, and gives their keys: by what leads to them, and by what they lead to. */
export class KeyReader {
  constructor(protected readonly orm: Orm) {}

  /** Whether relations, and at last perhaps the primary key, lead along `path` in the model of this process. */
  knowsPath(model: IndexModel, path: readonly string[]): boolean {
    return this.pathsWithin(undefined, 1).knows(metaOf(this.orm, model.entity), path);
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
    for await (const where of paths.conditions(metaOf(this.orm, model.entity), path, keys))
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
    const meta = metaOf(this.orm, entity);
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
    const meta = metaOf(this.orm, entity);
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
    const meta = metaOf(this.orm, entity);
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
    const meta = metaOf(this.orm, entity);
    const options = { fields: [...meta.primaryKeys], filters: false, ...FROM_PRIMARY };
    const rows = await this.fork(within).find(entity, where, options);
    return rows.map((row) => keyIn(primaryKeyParts(meta), row));
  }

  /** The same in pages, in the order of the keys where the ORM orders by them. */
  keysInPages(
    entity: EntityClass,
    where: object,
    size: number,
    within?: EntityManager,
  ): AsyncGenerator<readonly DocumentKey[]> {
    const parts = primaryKeyParts(metaOf(this.orm, entity));
    return this.pagesOfKeys(entity, where, { parts, fields: keyProperties(parts), size, within });
  }

  /** Lets the database compare the first row with these conditions: it refuses them, or not. */
  async compare(entity: EntityClass, where: object): Promise<void> {
    const parts = primaryKeyParts(metaOf(this.orm, entity));
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
    const meta = metaOf(this.orm, pivot.entity);
    const leading = (property: string, keys: readonly DocumentKey[]): object =>
      nested([property], withForeignKeys(propertiesOf(meta)[property]!.targetMeta!, keys));
    const some = members ? [leading(pivot.member, members)] : [];
    return this.keysWhere(pivot.entity, { $and: [leading(pivot.owner, [owner]), ...some] }, within);
  }

  /** The primary key of a row of a pivot; `undefined` where it has a column of its own. */
  keyOfPair({ entity, owner, member }: Pivot, ownerRow: object, memberRow: object): DocumentKey | undefined {
    const meta = metaOf(this.orm, entity);
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
    const meta = metaOf(this.orm, pivot.entity);
    const owners = rows.map((row) => foreignKeyIn(meta, pivot.owner, row) as DocumentKey);
    return [...new Map(owners.map((key) => [String(key), key])).values()];
  }

  private pathsWithin(within: EntityManager | undefined, size: number): RowPaths {
    return new RowPaths(
      [...this.orm.getMetadata()],
      (entity, where) => {
        const meta = metaOf(this.orm, entity);
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
    // The ORM orders by no key that reaches over three entities, as that of a pair may.
    if (parts.some((part) => shortestPath(part, parts).length > 2)) {
      const rows = await this.fork(within).find(entity, condition, { fields, filters: false, ...FROM_PRIMARY });
      if (rows.length > 0) yield rows.map((row) => keyIn(parts, row));
      return;
    }
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
  protected fork(within?: EntityManager): Finder {
    return forkOf(this.orm, within);
  }
}

interface KeyPages {
  readonly parts: readonly KeyPart[];
  /** What is read of each row. */
  readonly fields: readonly string[];
  readonly size: number;
  readonly within: EntityManager | undefined;
}
